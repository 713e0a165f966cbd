"""Pairs removed recordings with the added ones that replace them, with a degree of certainty. Knows no web."""
