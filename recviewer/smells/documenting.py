"""Generates the documentation of the rules from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recviewer.smells.model import Needs, Rule, Severity

_HEAD = """\
# Smells

What recviewer looks for by itself: in every recording, in the recordings of a test beside each other, in the whole tree, and
in what a change did. `recviewer check` tells it on a terminal and [in CI](ci.md#findings-alone), the pages of a range and
its report what changed. A rule is one file: [add one](add-a-finding.md).

What each found was counted and read by hand in three sets, in this order: a tree of OGX with 3,162 recordings, 482 of all
times of its history, and 744 in cassettes of other projects; rules about changes in seven pull requests of OGX and in seven
changes that re-recorded cassettes of other projects. When the rules stood, they were asked about two later sets, for
which no rule was made and which have the sources of their tests: a release of OGX of October 2026 with 3,937 recordings,
and one of another project with 448 in cassettes.

“Right” says how many findings of a level were right, of those that were drawn by lot and read in November 2026: 20 of each
level of each rule, or all where it found fewer. They are from the first three sets, and from the heads of the seven pull
requests (272 to 3,312 recordings each) and of the seven changes (17 to 1,085); a finding that stands in several of these
counts once. Where nothing stands, the rule found nothing. In December 2026 the first three sets and the seven pull
requests were counted again, and about 110 findings more were read by the evidence that they quote: one was wrong, an error
that its test wants (`recorded-error`, amber).

🔴 red wants a decision · 🟠 amber wants a look · ⚪ grey is only told. *Heuristic*: it judges words, and may be wrong.

This page is made from the rules, by `python tools/list_rules.py`.
"""

_SIGNS = {Severity.RED: "🔴", Severity.AMBER: "🟠", Severity.GREY: "⚪"}

_NEEDS = {
    Needs.EXCHANGE: "one recording",
    Needs.TEST: "all recordings of a test",
    Needs.TREE: "all recordings",
    Needs.CHANGE: "both sides of a change",
}


def document(rules: Sequence[Rule]) -> str:
    """Return all rules as Markdown: a table, then each with its documentation."""
    return "\n".join([*_lines(rules), ""])


def _lines(rules: Sequence[Rule]) -> Iterator[str]:
    yield _HEAD
    yield "| Rule | Level | Looks at | What holds | Right |"
    yield "|---|---|---|---|---|"
    for rule in rules:
        levels = " ".join(_SIGNS[level] for level in rule.levels)
        mark = ", *heuristic*" if rule.is_heuristic else ""
        yield f"| [`{rule.name}`](#{rule.name}) | {levels} | {_NEEDS[rule.needs]} | {rule.each}{mark} | {_right(rule)} |"
    for rule in rules:
        words = rule.words
        yield f"\n## {rule.name}\n"
        yield f"{words.what}\n"
        yield f"- **Why it matters**: {words.why}"
        yield f"- **Example**: {words.example}"
        yield f"- **What to do**: {words.fix}"
        yield f"- **Known false alarms**: {words.mistaken or 'None known.'}"
        if words.measured:
            yield f"- **Found and read**: {words.measured}"


def _right(rule: Rule) -> str:
    return " · ".join(f"{_SIGNS[level]} {right} of {read}" for level, (right, read) in rule.words.right.items())
