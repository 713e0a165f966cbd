"""Two files that hold very much: a process of its own compares their lines, and pages say what they would say anyway."""

import json
import re

import pytest

from recviewer.catalog import content, heavy
from recviewer.difference.behind_masks import ANOTHER
from recviewer.difference.sequences import nearly_common
from recviewer.pages.difference import file_lines, raw
from recviewer.pages.difference.file_lines import CELLS, FileLines, LinesCompared
from recviewer.pages.difference.raw import RawQuery, raw_diff
from recviewer.processes import child
from tests.secrets.planting import SECRETS, address, masked_alike
from tests.trees import chat

PAIR = "/difference/?old=recordings/a.json&new=recordings/b.json"


@pytest.fixture
def two(make_recording):
    """Two recordings of many lines, with a secret."""
    for name, word in (("a", "first"), ("b", "other")):
        made = chat(question=f"It is {word}, with {SECRETS['openai'][0]}")
        made["response"]["more"] = [*[f"line {at}" for at in range(2_000)], word]
        make_recording(f"recordings/{name}.json", data=json.dumps(made, indent=2).encode())


@pytest.fixture
def is_heavy(monkeypatch):
    """Every file is heavy, and is compared here by nobody."""
    monkeypatch.setattr(content, "EFFORT_LIMIT", 0)
    monkeypatch.setattr(file_lines, "shown", lambda _: pytest.fail("was masked in a web worker"))
    yield
    heavy._child.close()


def lines_of(markup):
    return re.findall(r'<(?:div class="dl"|p class="gap).*', markup)


@pytest.mark.slow
def test_lines_of_heavy_files_are_those_of_others(client, two, request):
    asks = [f"{PAIR}&view=raw{more}" for more in ("", "&mode=side", "&gap=1", "&row=3", "&line=%2B8")]
    light = [client.get(ask).content.decode() for ask in asks]
    request.getfixturevalue("is_heavy")
    sent = []
    asked = heavy._child.ask
    heavy._child.ask = lambda what, *data, **more: sent.append(data) or asked(what, *data, **more)

    found = [client.get(ask).content.decode() for ask in asks]
    del heavy._child.ask

    assert [lines_of(one) for one in found] == [lines_of(one) for one in light]
    assert all(lines_of(one) for one in light[:-1])
    assert [bool(data) for data in sent] == [True, False, False, False, False]
    assert not any(SECRETS["openai"][1] in one for one in found)
    assert all("Not compared value by value" in one and "Their lines stand below." in one for one in found)


@pytest.mark.parametrize("how", ["killed", "busy"])
def test_lines_that_cannot_be_had_in_time_are_missed_in_a_sentence(client, two, monkeypatch, is_heavy, how):
    if how == "busy":
        monkeypatch.setattr(heavy, "SECONDS", 0.01)
        heavy._one_at_a_time.acquire()
    else:
        monkeypatch.setattr(heavy._child, "started", lambda: killed(heavy._child))

    answer = client.get(PAIR)
    part = client.get(f"{PAIR}&row=5", headers={"HX-Request": "true"}).content.decode()
    if how == "busy":
        heavy._one_at_a_time.release()

    html = answer.content.decode()
    said = {"busy": "other files that hold very much are being read", "killed": "more than 30 seconds, or more memory"}
    assert answer.status_code == 200
    assert "They count as different." in html
    assert f"Their lines are not shown: {'reading it takes ' if how == 'killed' else ''}{said[how]}" in html
    assert said[how] in part
    assert "stand below" not in html
    assert "Nothing that counts differs" not in html
    assert "<b>−0 +0</b>" not in html


def killed(asker):
    """Start a process that ends before it answers."""
    process = child.Child.started(asker)
    process.kill()
    process.wait()
    return process


def test_a_pair_of_large_files_is_compared_apart_whatever_they_hold(monkeypatch):
    asked = []
    monkeypatch.setattr(heavy, "ask", lambda how, *_: asked.append(how))
    monkeypatch.setattr(raw, "APART", 100)

    raw_diff(b"\n" * 60, b"\n" * 60, RawQuery(""))

    assert asked == [(LinesCompared,)]


@pytest.mark.parametrize("data", [b"", b"\n", b"a", b"a\n", b"\n\n", b"a\nb", b"\xff\n\xc3\n", b"ab\n" * 9])
def test_lines_are_found_without_a_list_of_them(monkeypatch, data):
    monkeypatch.setattr(file_lines, "LEAP", 4)
    lines = FileLines(data)

    text = data.decode("utf-8", "surrogateescape")
    assert [lines[at] for at in range(len(lines))] == (text.removesuffix("\n").split("\n") if data else [])
    assert [lines[at] for at in reversed(range(len(lines)))] == [lines[at] for at in range(len(lines))][::-1]


@pytest.mark.parametrize("old", ["a b c", "a a b", "", "b c", "c", "abc", "a b c d e", "ab c"])
@pytest.mark.parametrize("new", ["a b c", "a b", "c", "a x c", "a b b c", "bc", "b c d e", "b c"])
def test_the_same_lines_are_found_as_in_lists_of_them(monkeypatch, old, new):
    before, after = (text.replace(" ", "\n").encode() for text in (old, new))
    lists = [data.split(b"\n") if data else [] for data in (before, after)]
    for stride in (1, 2, 1 << 20):
        monkeypatch.setattr(file_lines, "STRIDE", stride)

        assert LinesCompared(before, after).runs == (nearly_common(*lists, cells=CELLS) if all(lists) else [])


def test_too_many_lines_are_not_looked_for_and_a_page_says_so(client, make_recording, monkeypatch):
    monkeypatch.setattr(file_lines, "MOST", 10)
    for name in "ab":
        make_recording(f"recordings/{name}.json", data="\n".join(["[", name, *["1,"] * 20, name, "]"]).encode())

    found = raw_diff(b"a\n" + b"x\n" * 9 + b"a", b"b\n" + b"x\n" * 9 + b"b", RawQuery(""))
    html = client.get(f"{PAIR}&view=raw").content.decode()

    assert (found.removed, found.added, found.unsought) == (11, 11, 22)
    assert not any(row.note for row in found.rows)
    assert "44 of them, between what both begin and end with, are too many to be looked for in the other file" in html


@pytest.mark.parametrize("is_side", [False, True])
def test_lines_with_secrets_that_are_masked_alike_are_not_the_same(is_side):
    before, after = (f'{{\n"a": "{address(password)}"\n}}'.encode() for password in masked_alike())

    found = raw_diff(before, after, RawQuery("", is_side=is_side))

    assert (found.removed, found.added) == (1, 1)
    assert [row.note for row in found.rows if row.note] == [ANOTHER]
    assert not any(password in repr(found) for password in masked_alike())
    assert raw_diff(before, before, RawQuery("")).removed == 0
