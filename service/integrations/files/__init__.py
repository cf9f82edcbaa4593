"""What sources that lie in files share: finding, reading, batching, and remembering what was looked at."""
