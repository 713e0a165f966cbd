"""What stands around every page: frame, errors, headers of answers, signing in, what is alive."""
