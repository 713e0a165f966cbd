"""`recviewer check`: the findings of rules in a checkout, in some files or in a range. No database, no server, no Django."""
