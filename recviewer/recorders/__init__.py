"""Recorders: which files are theirs, and the exchanges that a file holds."""
