"""What the operator sets, and what it is taken for: variables, places on the disk, the database, mail and proxies."""
