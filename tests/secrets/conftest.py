"""What the tests of secrets share with those of pages: a repository with recordings."""

from tests.pages.conftest import repo

__all__ = ["repo"]
