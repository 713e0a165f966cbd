"""Fixtures of the tests that make ranges of commits."""

from tests.trees import make, tree

__all__ = ["make", "tree"]
