"""Ranges of commits: the way to one, its landing page, its queue, and each change."""
