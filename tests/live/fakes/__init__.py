"""Small strict twins of vendors' interfaces, for what has no server that runs here."""
