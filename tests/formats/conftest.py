from pathlib import Path

import pytest

CASES = Path(__file__).parent.parent / "cases"


@pytest.fixture(scope="session")
def case_files():
    """Every case file but the expectations."""
    return sorted(path for path in CASES.glob("*/*.json") if not path.name.endswith(".expected.json"))
