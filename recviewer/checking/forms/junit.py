"""JUnit's XML, for hosts that show tests: a suite for each rule, a failed case for each finding that counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from recviewer.checking.model import Checked, Located
from recviewer.exchange.plain import safe
from recviewer.smells import Rule

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def told(checked: Checked) -> str:
    """Return the report. A rule that found nothing is a case that passed."""
    return "\n".join([*_lines(checked), ""])


def _lines(checked: Checked) -> Iterator[str]:
    counting = checked.counting
    by_rule: dict[str, list[Located]] = {rule.name: [] for rule in checked.asked}
    for one in counting:
        by_rule.setdefault(one.rule, []).append(one)
    tests = sum(max(1, len(some)) for some in by_rule.values())
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="recviewer" tests="{tests}" failures="{len(counting)}" errors="0">'
    rules = {rule.name: rule for rule in checked.asked}
    for name, some in by_rule.items():
        yield from _suite(some[0].noticed.rule if some else rules[name], some)
    yield "</testsuites>"


def _suite(rule: Rule, some: list[Located]) -> Iterator[str]:
    failures = f'failures="{len(some)}" errors="0" skipped="0"'
    yield f' <testsuite name={_attribute(rule.name)} tests="{max(1, len(some))}" {failures}>'
    if not some:
        yield f"  <testcase name={_attribute(rule.name)} classname={_attribute(rule.name)}/>"
    for one in some:
        noticed = one.noticed
        named = f"name={_attribute(noticed.key)} classname={_attribute(rule.name)}"
        yield f'  <testcase {named} file={_attribute(one.file)} line="{one.line}">'
        body = "\n".join(filter(None, [noticed.evidence, rule.words.why, rule.words.fix]))
        told = f"type={_attribute(one.level.value)} message={_attribute(noticed.says)}"
        yield f"   <failure {told}>{escape(_plain(body))}</failure>"
        yield "  </testcase>"
    yield " </testsuite>"


def _attribute(text: str) -> str:
    return quoteattr(_plain(text))


def _plain(text: str) -> str:
    """Leave out what no XML holds: it is named instead."""
    return _NOT_IN_XML.sub("�", safe(text))
