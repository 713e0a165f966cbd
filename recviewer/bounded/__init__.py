"""What is held to a bound: the one cache, by number and weight, and reading of files that somebody named."""
