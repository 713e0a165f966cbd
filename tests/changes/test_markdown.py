import re
from html.parser import HTMLParser

import pytest

from recviewer.changes import report
from recviewer.changes.markdown import LIMIT, MARKER, code, comment, plain, size
from recviewer.changes.report import as_json
from recviewer.changes.static import page
from recviewer.git.ranges import opened

EVIL = "`x` @octocat #123 <script>alert(1)</script> | a\n\n# head\n--> &amp; [a](http://b) **bold** https://e.vil GH-1 ~~s~~"


@pytest.fixture
def reported(tree, make):
    """The report on one change of question, answer and error texts, by default hostile ones."""

    def run(count=1, text=EVIL, ask=None):
        tree.commit()
        tree.git("checkout", "-q", "-b", "work")
        old = [make.chat(f"{text} {n}?", "Once.", test=make.id_of(f"test_{n}", text), model=text) for n in range(count)]
        tree.put(*old)
        tree.commit()
        tree.git("checkout", "-q", "-b", "later")
        tree.put(
            *(
                make.chat(f"{text} {n}?", f"{text}{n * 7}", test=make.id_of(f"test_{n}", text), model=text)
                for n in range(count)
            )
        )
        tree.put(make.chat(error=text, test=text))
        tree.commit()
        return report.make(opened(tree.top), "work...later", ask=ask)

    return run


def test_a_comment_begins_with_its_marker_and_tells_the_same_numbers(reported):
    made = reported()

    text = comment(made)

    assert text.startswith(MARKER + "\n")
    assert "2 recordings touched: 1 re-recorded with other words, 1 new; 2 need you." in text
    assert "| other words | 1 | 1 | 1 |" in text


def test_nothing_of_a_recording_becomes_markup(reported):
    text = comment(reported())

    assert "<script" not in text
    assert "@octocat" not in text
    assert "#123" not in text
    assert "https://e.vil" not in text
    assert "](http" not in text
    assert "`" not in text
    assert "**bold**" not in text
    for line in text.split("\n"):
        if line.startswith("|"):
            assert line.count("|") == 7
        assert not line.startswith("# ")
    assert text.count("-->") == 1


@pytest.mark.parametrize("quote", [code, plain])
def test_every_sign_is_a_reference(quote):
    made = quote(EVIL)

    assert not re.search(r"[`@#|\[\]*~\n]", re.sub(r"&#x[0-9a-f]+;", "", made))
    assert "<" not in made.removeprefix("<code>").removesuffix("</code>")


def test_a_comment_always_fits_and_says_what_was_left_out(reported):
    made = reported(count=40, text="words " * 40)

    for limit in (LIMIT, 12_000, 6_000, 3_000, 1_000):
        text = comment(made, limit=limit)
        assert len(text) <= limit
        assert text.startswith(MARKER)
    assert "Left out, to fit" in comment(made, limit=6_000)
    assert "41 recordings touched" in comment(made, limit=3_000)


def test_json_is_the_contract(reported):
    made = as_json(reported())

    assert list(made) == [
        "base",
        "head",
        "files_changed",
        "added",
        "modified",
        "deleted",
        "pairs",
        "classes",
        "undecided",
        "raw_diff_lines",
        "changes",
    ]
    assert list(made["classes"]) == [
        "identical",
        "chunking",
        "request",
        "text",
        "tool_call",
        "finish",
        "outcome",
        "new",
        "gone",
    ]
    assert sum(made["classes"].values()) == len(made["changes"]) == made["undecided"] == 2
    assert list(made["changes"][0]) == ["class", "paired_by", "old", "new", "verdict", "summary"]
    assert made["changes"][0]["paired_by"] == "path"
    assert made["changes"][1]["old"] is made["changes"][1]["verdict"] is None


def test_verdicts_come_from_whoever_is_asked(reported):
    asked = []

    def ask(subjects):
        asked.extend(subjects)
        return dict.fromkeys(subjects, "approved")

    made = reported(ask=ask)

    assert made.is_clean
    assert as_json(made)["undecided"] == 0
    assert len(asked) == 2


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


def test_the_file_needs_no_server_and_runs_nothing(reported):
    text = "".join(page(reported()))

    parser = Tags()
    parser.feed(text)
    names = {tag for tag, _ in parser.tags}
    assert not names & {"script", "img", "link", "iframe", "form", "a", "object"}
    assert not any(key.startswith("on") or key in ("src", "href", "style") for _, held in parser.tags for key in held)
    assert "default-src &#x27;none&#x27;" in text
    assert "<ins>" in text
    assert "&lt;script&gt;" in text


def test_sizes_are_in_the_unit_people_read():
    assert [size(count) for count in (999, 1234, 5_678_901)] == ["999 B", "1.2 kB", "5.7 MB"]
