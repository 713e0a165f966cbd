"""JUnit XML, for hosts that show tests: a suite for each rule, a case for each counted finding.

Red and amber ones failed; grey ones were skipped, since they are only informative.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from recviewer.checking.model import Checked, Located
from recviewer.exchange.plain import safe
from recviewer.smells import Rule, Severity

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(checked: Checked) -> str:
    """Return the report. A rule without findings is a passed case."""
    return "\n".join([*_lines(checked), ""])


def _lines(checked: Checked) -> Iterator[str]:
    counting = checked.counting
    by_rule: dict[str, list[Located]] = {rule.name: [] for rule in checked.asked}
    for one in counting:
        by_rule.setdefault(one.rule, []).append(one)
    tests = sum(max(1, len(some)) for some in by_rule.values())
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="recviewer" tests="{tests}" {_numbers(counting)}>'
    rules = {rule.name: rule for rule in checked.asked}
    for name, some in by_rule.items():
        yield from _suite(some[0].noticed.rule if some else rules[name], some)
    yield "</testsuites>"


def _suite(rule: Rule, some: list[Located]) -> Iterator[str]:
    yield f' <testsuite name={_attribute(rule.name)} tests="{max(1, len(some))}" {_numbers(some)}>'
    if not some:
        yield f"  <testcase name={_attribute(rule.name)} classname={_attribute(rule.name)}/>"
    for one in some:
        noticed = one.noticed
        named = f"name={_attribute(noticed.key)} classname={_attribute(rule.name)}"
        yield f'  <testcase {named} file={_attribute(one.file)} line="{one.line}">'
        body = "\n".join(filter(None, [noticed.quoted, rule.words.why, rule.words.fix]))
        told = f"type={_attribute(one.level.value)} message={_attribute(noticed.says)}"
        tag = "skipped" if one.level is Severity.GREY else "failure"
        yield f"   <{tag} {told}>{escape(_plain(body))}</{tag}>"
        yield "  </testcase>"
    yield " </testsuite>"


def _numbers(some: Sequence[Located]) -> str:
    skipped = sum(one.level is Severity.GREY for one in some)
    return f'failures="{len(some) - skipped}" errors="0" skipped="{skipped}"'


def _attribute(text: str) -> str:
    return quoteattr(_plain(text))


def _plain(text: str) -> str:
    """Replace characters that XML cannot contain."""
    return _NOT_IN_XML.sub("�", safe(text))
