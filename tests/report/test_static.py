from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from recviewer.changes import overview, wording
from recviewer.changes.changeset import ChangeSet, Modified
from recviewer.changes.sources import Range, Spec
from recviewer.difference.model import Section, SectionKind, Values
from recviewer.difference.values import ValueChange
from recviewer.git.ranges import Counted
from recviewer.git.repository import Repository
from recviewer.pairing.sides import Library, Side, file_meaning_of, meaning_of, without_bytes
from recviewer.report import static
from recviewer.report.links import links
from recviewer.report.markdown import comment
from recviewer.report.report import Report, as_json

CASES = Path(__file__).parent.parent / "cases"
FILES = [path for path in sorted(CASES.glob("*/*.json")) if not path.name.endswith(".expected.json")]
NOWHERE = Path("/nowhere")


def side(path):
    data = path.read_bytes()
    return Side(f"recordings/{path.name}", path.name.encode(), path.stem, meaning_of(data, path.name))


def told(modified=(), added=(), deleted=()):
    asked = Range(Repository(NOWHERE, NOWHERE, NOWHERE), Spec("a", "b"), "a" * 40, "b" * 40)
    found = overview.overview(ChangeSet(asked, tuple(added), tuple(deleted), tuple(modified)))
    return Report(found)


class Balance(HTMLParser):
    """Fails on an element that is closed but not open; those without an end of their own aside."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attributes):
        if tag not in ("meta", "br", "th", "td"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted({path.parent.name for path in FILES}))
def test_every_kind_of_recording_is_told(kind):
    here = [path for path in FILES if path.parent.name == kind]
    pairs = [Modified(side(old), side(new), Counted(1, 1)) for old, new in zip(here, here[1:] + here[:1], strict=True)]
    report = told(pairs, added=map(side, here), deleted=map(side, here[:2]))

    page = "".join(static.page(report))
    Balance().feed(page)

    assert comment(report).startswith("<!--")
    assert len(as_json(report)["changes"]) == report.found.source.files - report.numbers.pairs + len(pairs)
    assert all(change.summary is not None for change in report.found.changes)


def test_a_file_that_would_be_too_large_says_so(monkeypatch):
    monkeypatch.setattr(static, "LIMIT", 0)

    page = "".join(static.page(told(added=map(side, FILES[:4]))))

    assert page.count("not shown in this file") == 3
    assert "3 changes are told by one line each" in page


def test_one_change_that_would_be_too_large_leaves_room_for_the_others(make, monkeypatch):
    monkeypatch.setattr(static, "BODY_LIMIT", 3_000)
    far = " ".join(f"{n:,} miles" for n in range(2_000))
    large, small = make.side(make.chat("What is far?", far)), make.side(make.chat("What is near?", "The moon is near."))

    page = "".join(static.page(told(added=[large, small])))

    assert "1 change is told by one line" in page
    assert "The moon is near." in page


class Anchors(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.ids, self.targets = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        held = dict(attributes)
        self.ids += [held["id"]] if "id" in held else []
        self.targets |= {held["href"][1:]} if held.get("href", "").startswith("#") else set()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["openai_chat", "openai_models"])
def test_every_link_inside_the_file_leads_somewhere(kind):
    here = [path for path in FILES if path.parent.name == kind] or FILES[:6]
    pairs = [Modified(side(old), side(new), Counted(1, 1)) for old, new in pairwise(here)]
    report = told(pairs, added=map(side, here), deleted=map(side, here[:1]))

    found = Anchors("".join(static.page(report)))

    assert len(found.ids) == len(set(found.ids))
    assert found.targets <= set(found.ids)
    assert {f"c{place}" for place in range(len(report.found.changes))} <= found.targets


def test_the_file_leads_to_the_site_where_there_is_one():
    report = told(added=[side(FILES[0])])

    assert 'href="https://rec.example.com/changes/' not in "".join(static.page(report))
    page = "".join(static.page(report, links=links(report, "https://rec.example.com")))
    assert f'<a href="https://rec.example.com/changes/{"a" * 40}..{"b" * 40}">on the site</a>' in page


@pytest.mark.slow
def test_no_word_of_a_long_text_is_lost_between_two_changes(make):
    middle = "".join(f"word{number} " for number in range(1_000))
    old, new = make.side(make.chat("One?", f"Yes {middle}end.")), make.side(make.chat("One?", f"No {middle}END."))

    page = "".join(static.page(told([Modified(old, new, Counted(1, 1))])))

    assert all(f"word{number} " in page for number in range(1_000))
    assert "equal characters</summary>" in page


def test_what_cannot_be_seen_is_marked(make):
    page = "".join(static.page(told(added=[make.side(make.chat("One\u202e?", "a\u200bb", test="t\u2066t"))])))

    assert not {"\u202e", "\u200b", "\u2066"} & set(page)
    assert '<span class="mark">U+200B</span>' in page


def test_what_was_ignored_can_be_shown(make):
    old, new = make.chat("One?", "Yes.", host="a.example"), make.chat("One?", "No.", host="b.example")

    page = "".join(static.page(told([Modified(make.side(old), make.side(new), Counted(1, 1))])))

    assert "<dt>host</dt><dd><del>https://a.example</del>" in page
    assert "<dt>chunk boundaries</dt>" in page


def test_long_texts_say_how_much_is_left_out(make):
    old, new = make.side(make.chat("One?", "a " * 5_000 + "end")), make.side(make.chat("One?", "a " * 5_000 + "END"))
    fresh = make.side(make.chat("Two?", "b" * 30_000))

    page = "".join(static.page(told([Modified(old, new, Counted(1, 1))], added=[fresh])))

    assert "equal characters" in page
    assert "10,000 more characters" in page


def test_masks_are_equal_for_the_same_change_only(make):
    def mask(before, after):
        (change,) = told([Modified(make.side(before), make.side(after), Counted(1, 1))]).found.changes
        return change.mask

    first = mask(make.chat("One is red."), make.chat("One is blue."))

    assert mask(make.chat("One is red.", model="m-2"), make.chat("One is blue.", model="m-2")) == first
    assert mask(make.chat("Two is red."), make.chat("Two is blue.")) != first
    assert mask(make.chat("One is red."), make.chat("One is green.")) != first


def test_lines_about_changes(make):
    def line(before, after):
        return told([Modified(make.side(before), make.side(after), Counted(1, 1))]).found.changes[0].summary

    call = [("look", '{"at": 1}')]
    assert (
        line(make.chat("Q?", "–1 is it"), make.chat("Q?", "-1 is it"))
        == "answer – U+2013 en dash → - U+002D hyphen-minus"
    )
    assert (
        line(make.chat("Q?", "", calls=call), make.chat("Q?", "", calls=[("look", '{"at": 2}')]))
        == "call of look changed"
    )
    assert line(make.chat("Q?", "", calls=call), make.chat("Q?", "No.")) == "answer new, call of look gone"
    assert line(make.chat(finish="stop"), make.chat(finish="length")) == "finish stop → length"
    assert line(make.chat(), make.chat(error="slow")).startswith("answer → error 429")
    assert line(make.chat(chunks=3), make.chat(chunks=2)) == "the same meaning; differs in chunks 4 → 3"
    assert line(make.models("a", "b"), make.models("b", "c")) == "list −1 +1 names"
    assert wording.alone(make.side(make.chat())) == "Saturn has rings."


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("a", "b", "x a → b"),
        ("long " * 20 + "one", "long " * 20 + "two", "x …g long long one → …g long long two"),
        ("q" + "a" * 60, "r" + "a" * 60, f"x q{'a' * 39}… → r{'a' * 39}…"),
        ("a" * 60, None, f"x {'a' * 40}… → None"),
    ],
)
def test_a_long_value_is_cut_around_what_differs(old, new, told):
    section = Section(SectionKind.DETAILS, (Values("", (ValueChange(("x",), ("x",), old, new),)),))

    assert wording._details(section) == told


def test_a_library_lets_the_oldest_go(make):
    library = Library(limit_bytes=2_000)
    data = make.bytes_of(make.chat())
    for number in range(4):
        library.put(str(number), "x.json", file_meaning_of(data, "x.json", str(number)))

    assert library.get("0", "x.json") is None
    assert library.get("3", "x.json") is not None


def test_what_cannot_be_had_is_unreadable():
    unreadable = Side("recordings/x.json", b"recordings/x.json", "", without_bytes("a symbolic link"))

    report = told(added=[unreadable])

    assert [finding.rule for finding in report.findings] == ["unreadable"]
    assert unreadable.subject == ""


def test_a_name_of_marks_takes_little():
    from recviewer.report import markup

    shown = markup.name("\u200b\u200c" * 50_000)

    assert len(shown) < 3_200
    assert f"… {100_000 - shown.count('U+200'):,} more characters" in shown
