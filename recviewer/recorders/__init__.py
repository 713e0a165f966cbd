"""Recorders: which files they wrote, and the exchanges in a file."""
