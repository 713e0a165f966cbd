"""What is there: an index of the recordings that can be dropped and built again with nothing lost."""
