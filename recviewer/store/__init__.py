"""Recordings on disk: their paths and bytes, deleting and restoring.

The only code that touches recordings. Paths are bytes relative to a root; symbolic links are never followed.
"""
