"""Other processes of this program, and files that processes leave: temporary files, and notes of which files they read."""
