"""The versions of one recording through the commits."""
