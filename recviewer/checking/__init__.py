"""`recviewer check`: what the rules find in a checkout, in some files or in a range. No database, no server, no Django."""
