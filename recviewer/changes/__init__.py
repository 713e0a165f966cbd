"""The recordings that a range of commits changed, which of them belong together, and how they changed."""
