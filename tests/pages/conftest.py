import pytest


@pytest.fixture(autouse=True)
def no_refresh_in_the_background(settings):
    """A thread that compares with the disk would outlive the test that started it."""
    settings.REFRESH_IN_BACKGROUND = False
