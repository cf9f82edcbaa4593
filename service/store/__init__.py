"""Tables, migrations and queries in domain words. Nobody else in the house sees SQL."""
