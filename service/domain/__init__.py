"""The nouns. Standard library only; every instant is aware UTC and ends in `_at`."""
