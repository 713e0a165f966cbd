"""Processes beside this one, and what a process leaves behind: temporary files, and which files it read."""
