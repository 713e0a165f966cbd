"""Bounded resources: the one cache, limited by number and weight, and reading of user-named files."""
