"""Live connections: one contract for all of them, and a proxy that makes their servers fail."""
