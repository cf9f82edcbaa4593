"""Trains the classifiers of `service.triage` from named data: `python -m tests.training`."""
