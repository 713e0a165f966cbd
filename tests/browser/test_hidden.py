"""Names made of invisible characters are long rows of marks: they break, and no page has to be moved sideways."""

import json

import pytest

from recviewer.catalog import indexer
from tests.conftest import exchange

RUN = "\u202e\u200b\x9b\u2066" * 24


def recordings():
    yield "words", exchange(asked=f"A{RUN}", answered=f"B{RUN}", test=f"tests/{RUN}.py::test_{RUN}")
    failed = exchange(id="2")
    failed["response"] = {
        "body": {"error": {"message": f"no{RUN}", "type": f"t{RUN}", "code": f"c{RUN}"}},
        "status": 400,
    }
    yield "failed", failed
    called = exchange(id="3", asked="call")
    function = {"name": f"f{RUN}", "arguments": json.dumps({f"k{RUN}": f"v{RUN}"})}
    message = called["response"]["body"]["__data__"]["choices"][0]["message"]
    message["tool_calls"] = [{"id": "c", "type": "function", "function": function}]
    yield "called", called
    named = exchange(id="4", asked="model")
    named["request"]["model"] = named["request"]["body"]["model"] = f"m{RUN}"
    named["request"]["url"] = f"https://a{RUN}.example/v1/chat/completions"
    yield "named", named


@pytest.mark.parametrize("width", [1440, 390])
def test_marks_of_invisible_characters_break(open_page, demo, width):
    folder = demo / "recordings"
    folder.mkdir(exist_ok=True)
    made = dict(recordings())
    for name, value in made.items():
        (folder / f"{name}.json").write_text(json.dumps(value))
    (folder / "link.json").symlink_to("words.json")
    indexer.refresh(processes=1)
    page = open_page(width=width)

    wide = {}
    for address in ("/", "/?kind=unreadable", "/bulk/", *(f"/r/recordings/{name}.json" for name in (*made, "link"))):
        page.goto(address)
        wide[address] = page.evaluate(
            "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
    assert {address: pixels for address, pixels in wide.items() if pixels > 0} == {}


def test_what_stands_in_the_top_bar_stands_in_one_line(open_page):
    page = open_page(width=1440)
    page.goto("/")
    page.evaluate(
        "() => { const form = document.createElement('form'); form.innerHTML = '<button>Sign out</button>';"
        "document.querySelector('.top-side button').before(form); }"
    )
    middles = page.evaluate(
        "() => [...document.querySelectorAll('.top-side button')].map(one => {"
        "const range = document.createRange(); range.selectNodeContents(one.firstChild);"
        "const box = range.getBoundingClientRect(); return Math.round(box.top + box.height / 2); })"
    )

    assert len(middles) == 3
    assert max(middles) - min(middles) <= 1
