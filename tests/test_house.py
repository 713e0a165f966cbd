"""What a stranger may rely on in every room: names that stand once, and files that can be read at one sitting."""

import re
from collections import defaultdict
from pathlib import Path

import recviewer

HOUSE = Path(recviewer.__file__).parent
MODULES = {
    place.relative_to(HOUSE).as_posix(): place.read_text()
    for place in sorted(HOUSE.rglob("*.py"))
    if place.parent.name != "migrations"
}
LINES = 400

SHARED = {"Command"}
"""Names that Django asks for: there the module's name says whose it is."""


def test_no_class_name_stands_twice():
    found = defaultdict(list)
    for name, source in MODULES.items():
        for word in re.findall(r"^class ([^\W_]\w*)", source, re.MULTILINE):
            found[word].append(name)
    assert {name: places for name, places in found.items() if len(places) > 1 and name not in SHARED} == {}


def test_no_module_is_long():
    lengths = {name: source.count("\n") for name, source in MODULES.items()}
    assert {name: lines for name, lines in lengths.items() if lines > LINES} == {}
