"""Ranges of commits: how to reach one, its landing page, its queue, and each change."""
