"""The language in which people ask for recordings: read, as a tree, and printed again. Knows no database."""
