"""The invented recordings of the demo tree, one module for each group of scenes."""
