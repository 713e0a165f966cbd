"""One recording through the commits, whatever it was called."""
