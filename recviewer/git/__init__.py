"""Reads untrusted git repositories: the only code that calls git. Only plumbing commands; no program of a repository
runs.
"""
