"""Findings in the tree: by rule, each with its place, and actions on many at once."""
