"""Vendors that run nowhere but with themselves: small, and as strict as their published reference."""
