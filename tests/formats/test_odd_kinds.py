"""What tells of which kind a thing is may be no text: nothing that a reply holds makes a reader fail."""

import json
from pathlib import Path

import pytest

from recviewer.formats.reading import read

CASES = Path(__file__).parent.parent / "cases"
FORMATS = sorted(path.name for path in CASES.iterdir() if path.is_dir())
TELLING = frozenset({"type", "object", "status", "role", "event_type", "kind"})


def holders(value):
    """Yield the objects that say of which kind they are, each with the key."""
    if isinstance(value, dict):
        yield from ((value, key) for key in value.keys() & TELLING)
        for item in value.values():
            yield from holders(item)
    elif isinstance(value, list):
        for item in value:
            yield from holders(item)


@pytest.mark.parametrize("name", FORMATS)
def test_a_kind_that_is_no_text_is_read_past(name, caplog):
    for path in sorted((CASES / name).glob("*.json"))[:30]:
        document = json.loads(path.read_bytes())
        for holder, key in list(holders(document.get("response") if isinstance(document, dict) else None))[:6]:
            was = holder[key]
            for odd in (["x"], {"a": 1}):
                holder[key] = odd
                read(json.dumps(document).encode())
            holder[key] = was

    assert not caplog.records
