"""SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html."""

from __future__ import annotations

from urllib.parse import quote

from recviewer import __version__
from recviewer.checking.model import Checked, HowCounted, Located
from recviewer.exchange.model import Json
from recviewer.exchange.plain import dumps, safe
from recviewer.smells import Rule, Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

MOST_RESULTS = 5_000
"""Most results that GitHub shows of one run; it rejects a run with more than 25,000."""
MOST_PLACES = 10
"""Most locations of one result; GitHub shows 100."""
MOST_TEXT = 1_000
"""Most characters of a message; GitHub shows about 1,024."""

_LEVELS = {Severity.RED: "error", Severity.AMBER: "warning", Severity.GREY: "note"}


def render(checked: Checked) -> str:
    """Return the log. Above the hosts' limits, the least severe results are omitted, with a notification of their number."""
    return dumps(as_sarif(checked), indent=1) + "\n"


def as_sarif(checked: Checked) -> dict[str, Json]:
    """Return the log as JSON values."""
    shown = checked.found[:MOST_RESULTS]
    places = {rule.name: place for place, rule in enumerate(checked.asked)}
    is_compared = any(one.standing is HowCounted.KNOWN for one in checked.found)
    notes = [*(f"not looked at: {problem}" for problem in checked.problems)]
    if len(shown) < len(checked.found):
        notes.append(f"{len(checked.found) - len(shown):,} findings are left out here: a run takes {MOST_RESULTS:,}")
    run: dict[str, Json] = {
        "tool": {
            "driver": {
                "name": "recviewer",
                "fullName": f"recviewer {__version__}",
                "rules": [_rule(rule) for rule in checked.asked],
            }
        },
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [{"level": "warning", "message": _message(note)} for note in notes],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, places, is_compared=is_compared) for one in shown],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _message(text: str) -> dict[str, Json]:
    said = safe(text)
    return {"text": said if len(said) <= MOST_TEXT else said[: MOST_TEXT - 1] + "…"}


def _rule(rule: Rule) -> dict[str, Json]:
    words = rule.words
    mistaken = f"\n\nKnown false alarms: {words.mistaken}" if words.mistaken else ""
    help_text = f"{words.why}\n\nExample: {words.example}\n\nWhat to do: {words.fix}{mistaken}"
    return {
        "id": rule.name,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": rule.each},
        "fullDescription": {"text": words.what},
        "help": {"text": help_text, "markdown": help_text},
        "defaultConfiguration": {"level": _LEVELS[rule.levels[0]]},
        "properties": {
            "precision": "medium" if rule.is_heuristic else "high",
            "tags": ["recordings", *(["heuristic"] if rule.is_heuristic else [])],
        },
    }


def _result(one: Located, places: dict[str, int], *, is_compared: bool) -> dict[str, Json]:
    noticed = one.noticed
    evidence = f": “{noticed.quoted}”" if noticed.evidence else ""
    result: dict[str, Json] = {
        "ruleId": one.rule,
        "level": _LEVELS[one.level],
        "message": _message(f"{noticed.says}{evidence}"),
        "locations": [_location(one)],
        "partialFingerprints": {"recviewerFinding/v1": noticed.identity, "recviewerRecording/v1": noticed.subject},
        "properties": {"pointers": [spot.pointer for spot in noticed.held.spots[:MOST_PLACES]]},
    }
    if is_compared:
        result["baselineState"] = "unchanged" if one.standing is HowCounted.KNOWN else "new"
    if one.rule in places:
        result["ruleIndex"] = places[one.rule]
    if one.standing is HowCounted.SUPPRESSED:
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": safe(one.reason)}]
    return result


def _location(one: Located) -> dict[str, Json]:
    place: dict[str, Json] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(one.file), "uriBaseId": "%SRCROOT%"},
            "region": {"startLine": one.line},
        }
    }
    if one.noticed.test_id:
        place["logicalLocations"] = [{"fullyQualifiedName": safe(one.noticed.test_id), "kind": "function"}]
    return place


def _uri(file: str) -> str:
    return quote(file, safe="/", errors="surrogatepass")
