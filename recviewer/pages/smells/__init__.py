"""What is odd about the recordings of the tree: by rule, each finding with its place, and acts on many at once."""
