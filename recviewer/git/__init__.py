"""Reads untrusted git repositories: the only code that calls git. Plumbing only; no program of a repository runs."""
