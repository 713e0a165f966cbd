"""Recordings on disk: where they are, what bytes they hold, and how they leave and come back.

The only code that touches recordings. Paths are bytes below a root; nothing here follows a symbolic link.
"""
