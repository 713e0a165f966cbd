"""What the operator sets and how it is interpreted: variables, paths on the disk, the database, mail and proxies."""
