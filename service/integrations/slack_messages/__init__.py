"""What an export and the live connection share: a post's markup in words, who is meant by it, and posts as threads."""
