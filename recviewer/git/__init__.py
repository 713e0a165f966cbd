"""Reading git repositories nobody vouches for: the only code that calls git. Plumbing only, and nothing of theirs runs."""
