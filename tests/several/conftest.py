import pytest


@pytest.fixture
def told(tmp_path):
    """What stands in a file of two repositories."""
    return {
        "address": "https://recordings.example.com",
        "folder": str(tmp_path / "several"),
        "one_account": True,
        "repositories": {"rockets": {"port": 8001}, "gliders": {"port": 8002}},
    }
