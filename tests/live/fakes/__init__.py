"""Small strict servers for what no emulator plays: each rejects what its vendor rejects."""
