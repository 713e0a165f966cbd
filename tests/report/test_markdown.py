import json
import re
from html.parser import HTMLParser

import pytest

from recviewer.exchange.amounts import size
from recviewer.git.ranges import opened
from recviewer.report import report
from recviewer.report.links import links
from recviewer.report.markdown import LIMIT, MARKER, SUMMARY_LIMIT, code, comment, plain, summary
from recviewer.report.report import as_json
from recviewer.report.static import page

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


@pytest.mark.slow
def test_a_comment_always_fits_and_says_what_was_left_out(reported):
    made = reported(count=40, text="words " * 40)

    for limit in (LIMIT, 12_000, 6_000, 3_000, 1_000):
        text = comment(made, limit=limit)
        assert len(text.replace("\n", "\r\n").encode()) <= limit
        assert text.startswith(MARKER)
        assert text.count("<details>") == text.count("</details>")
    assert "Left out, to fit" in comment(made, limit=6_000)
    assert "41 recordings touched" in comment(made, limit=3_000)


@pytest.mark.slow
def test_what_is_left_out_goes_in_the_order_that_is_said(reported):
    made = reported(count=40, text="words " * 40)
    where = links(made, "https://rec.example.com")

    every = comment(made, links=where)
    short = comment(made, links=where, limit=len(every.encode()) - 1)

    assert "Left out" not in every
    assert every.count("?change=") == 41
    assert "Left out, to fit: the lists of churn; links and paths of single changes." in short
    assert short.count("?change=") == 0
    assert short.count("\n- ") == 41


@pytest.mark.slow
@pytest.mark.parametrize("text", ["日本語 " * 60, "🏴‍☠️ " * 60, "`<|@#" * 60])
def test_no_way_to_count_finds_a_comment_too_long(reported, text):
    told = comment(reported(count=150, text=text))

    assert max(len(told), len(told.encode()), len(told.encode("utf-16-le")) // 2) <= LIMIT


@pytest.mark.slow
def test_a_summary_has_no_marker_and_fits(reported):
    made = reported(count=40, text="words " * 40)

    assert MARKER not in summary(made)
    assert summary(made).startswith("**41 recordings")
    assert len(summary(made, limit=6_000).encode()) <= 6_000
    assert SUMMARY_LIMIT < 1024 * 1024


def test_numbers_findings_classes_and_changes_are_links_to_the_site(reported):
    made = reported()
    where = links(made, "https://rec.example.com")

    text = comment(made, links=where)

    assert (
        f"**[2 recordings touched]({where.page}): [1 re-recorded with other words]({where.page}?class=text), " in text
    )
    assert f"| [other words]({where.page}?class=text) | 1 |" in text
    assert f"]({where.page}?rule=recorded-error&severity=red)" in text
    assert text.count(f"]({where.page}?change=") == 2
    found = rendered(text)
    assert {href.partition("?")[0] for href in found.links} == {where.page}


def test_paths_stand_where_there_is_no_site(reported):
    made = reported()
    (path, *_) = [change.side.path for change in made.found.changes if change.side.test]

    text = rendered(comment(made)).text

    assert path.rpartition("/")[2][:12] in text


def rendered(text):
    from markdown_it import MarkdownIt

    parser = Tags()
    parser.feed(MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(text))
    return parser


def test_a_host_makes_no_element_of_a_recording(reported):
    found = rendered(comment(reported(count=3)))

    assert {tag for tag, _ in found.tags} <= SHOWN
    assert found.links == []
    assert found.text.count("<script>alert(1)</script>") >= 3


def test_verdicts_are_told_and_what_is_to_re_record_stands_open(reported):
    made = reported(ask=lambda subjects: dict(zip(subjects[1::2], ("rejected", "delete"), strict=True)))

    text = comment(made)

    assert "Verdicts: 1 to re-record · 1 to delete\n" in text
    assert "🔴 **1 to re-record**, as reviewers said: <code>" in text
    assert "· **to delete**" in text
    assert text.index("to re-record**, as") < text.index("<details>")


def test_what_went_from_one_test_is_one_line_that_leads_to_all_of_it(tree, make):
    tree.put(make.chat("One?", "1"), make.chat("Two?", "2"), make.chat("Three?", "3", test=make.id_of("test_other")))
    tree.commit()
    tree.git("checkout", "-q", "-b", "work")
    tree.git("rm", "-q", "-r", ".")
    tree.commit()
    made = report.make(opened(tree.top), "main...work")

    rows = [line for line in comment(made, links=links(made, "https://r.example")).split("\n") if line.startswith("- ")]

    assert len(rows) == 2
    assert [row.endswith(" · 2 recordings") and "?class=gone&test=tests/" in row for row in rows].count(True) == 1


def test_the_footer_counts_what_was_ignored(tree, make):
    before, after = make.chat("One?", "Yes.", chunks=2), make.chat("One?", "No.", chunks=1)
    for host, document in (("a.example", before), ("b.example", after)):
        document["response"]["body"][0]["__data__"]["id"] = f"rec-{host}"
        tree.write("recordings/one.json", make.bytes_of(document))
        tree.git("checkout", "-q", "-B", host[0])
        tree.commit()

    text = comment(report.make(opened(tree.top), "a...b"))

    assert "ignored: chunks&#x5b;&#x5d;.id ×2, chunk boundaries ×1, chunks&#x5b;&#x5d;.created ×1</sub>" in text


def test_the_footer_says_nothing_only_where_nothing_differs(tree, make):
    document = make.chat("One?", "Yes.")
    for branch, indent in (("a", 1), ("b", 2)):
        tree.write("recordings/one.json", json.dumps(document, indent=indent).encode())
        tree.git("checkout", "-q", "-B", branch)
        tree.commit()

    assert "ignored: layout of the file ×1</sub>" in comment(report.make(opened(tree.top), "a...b"))
    assert "ignored: nothing</sub>" in comment(report.make(opened(tree.top), "a...a"))


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
        "numbers",
        "findings",
        "problems",
        "merge_bases",
        "kept",
        "bad_rules",
    ]
    assert list(made["classes"]) == [
        "identical",
        "chunking",
        "details",
        "request",
        "unread",
        "text",
        "tool_call",
        "finish",
        "outcome",
        "new",
        "gone",
    ]
    assert sum(made["classes"].values()) == len(made["changes"]) == made["undecided"] == 2
    keys = ["class", "paired_by", "old", "new", "verdict", "summary", "severity", "item", "unread", "expected", "runs"]
    assert list(made["changes"][0]) == [*keys, "agreement"]
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
    assert len(asked) == 4  # what each says, and each change itself


SHOWN = {"p", "strong", "code", "table", "thead", "tbody", "tr", "th", "td", "details", "summary", "ul", "li", "sub"}


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.links, self.text = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.links += [value for name, value in attributes if name == "href"]

    def handle_data(self, data):
        self.text += data


def test_the_file_needs_no_server_and_runs_nothing(reported):
    text = "".join(page(reported()))

    parser = Tags()
    parser.feed(text)
    names = {tag for tag, _ in parser.tags}
    assert not names & {"script", "img", "link", "iframe", "form", "object"}
    assert not any(key.startswith("on") or key in ("src", "style") for _, held in parser.tags for key in held)
    assert {href[:1] for href in parser.links} == {"#"}
    assert "default-src &#x27;none&#x27;" in text
    assert "<ins>" in text
    assert "&lt;script&gt;" in text


def test_sizes_are_in_the_unit_people_read():
    assert [size(count) for count in (999, 1234, 5_678_901)] == ["999 B", "1.2 kB", "5.68 MB"]


@pytest.fixture
def alike(tree, make):
    """The report on 30 recordings of 30 tests with the same change, and on one of a test that has two of them."""
    for answer in ("Saturn.", "Jupiter."):
        for place, name in enumerate([*range(29), 28]):
            folder = f"tests/f{place}/recordings"
            tree.put(make.chat("Which?", answer, test=make.id_of(f"test_{name}")), folder=folder)
        tree.commit()
    return report.make(opened(tree.top), "HEAD~1...HEAD")


def test_churn_of_two_kinds_is_not_called_the_same_change(tree, make):
    for name in "ab":
        tree.put(make.chat(f"Which {name}?", test=make.id_of(f"test_{name}")))
    tree.commit()
    tree.put(make.chat("Which a?", test=make.id_of("test_a"), chunks=7))
    tree.put(make.chat("Which b?", test=make.id_of("test_b"), chunks=9))
    tree.commit()

    text = comment(report.make(opened(tree.top), "HEAD~1...HEAD"))

    assert "and 1 more, only churn too" in text
    assert "with the same change" not in text


@pytest.mark.slow
def test_changes_behind_the_first_of_a_line_are_named_with_links(alike):
    text = comment(alike, links=links(alike, "https://r.example"))

    assert "and 29 more with the same change" in text
    assert "<summary>the other 29</summary>" in text
    assert len(re.findall(r'<a href="https://r.example/changes/[^"]+change=[^"]+"><code>', text)) == 29
    assert all(f"test_{n}" in text or f"{n}&" in text for n in range(29))
    assert "Left out" not in text
    assert "<a href=" not in comment(alike)


@pytest.mark.slow
def test_names_that_do_not_fit_are_behind_a_link_or_a_command(alike):
    where = links(alike, "https://r.example")
    short = comment(alike, links=where, limit=len(comment(alike, links=where).encode()) - 1)

    assert short.count("<br>") == 20
    assert re.search(
        r'<br>and 9 more: <a href="https://r.example/changes/[^"]+\?change=[^"]+">all 30</a></details>', short
    )
    assert "Left out, to fit: all but 20 names behind the first of a line." in short

    told = comment(alike, limit=len(comment(alike).encode()) - 1)
    (item,) = {one["item"] for one in as_json(alike)["changes"]}
    assert (
        "and 9 more: <code>recviewer report HEAD&#x7e;1...HEAD --format json</code> lists every change, those with"
        in told
    )
    assert f'<code>"item": {item}</code>' in told
