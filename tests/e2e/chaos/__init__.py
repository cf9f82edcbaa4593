"""Real processes, real faults, and a witness outside of them that counts what arrived."""
