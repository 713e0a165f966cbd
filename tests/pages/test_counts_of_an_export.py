"""On real recordings, what a page counts is what an export of the same tree comes to, and what files take on disk."""

import json
import os
import re
from collections import Counter, defaultdict
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command

from recviewer.catalog import indexer
from recviewer.catalog.naming import provider_of, suite_of
from recviewer.exchange.ends import WORST, end_of
from recviewer.pages.site.forms import item_of
from recviewer.pages.templatetags.words import size

pytestmark = [pytest.mark.slow, pytest.mark.corpus]

LISTING = {
    "models",
    "embeddings",
    "ollama_ps",
    "ollama_pull",
    "tool",
    "rerank",
    "moderation",
    "file_processor",
    "search",
}
ENDS = {"failed": "failed", "filtered": "filtered", "refused": "refused", "cut": "truncated", "open": "unfinished",
        "paused": "paused", "odd": "odd_end"}  # fmt: skip
MISSED = {"older", "edited", "unknown"}


@pytest.fixture
def lines(root, settings, capfd, db):
    """Real recordings, indexed; returns their lines of an export, with the bytes of each."""
    named = os.environ.get("RECVIEWER_CORPUS", "")
    if not named or not Path(named).is_dir():
        pytest.skip("RECVIEWER_CORPUS does not name a tree of recordings")
    settings.RECORDINGS_ROOT = Path(named)
    settings.REPOSITORY = None
    indexer.refresh(processes=1)
    call_command("export", named)
    found = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    return [line | {"size": (Path(named) / line["path"]).stat().st_size} for line in found]


def finish_of(line):
    reasons = [one["finish_reason"] for one in line["outputs"] if one["finish_reason"]]
    return min(reasons, key=lambda reason: WORST.index(end_of(reason)), default="")


def outcome_of(line):
    if line["kind"] == "unreadable":
        return "unreadable"
    if line["error"] is not None:
        return "error"
    if line["kind"] in LISTING:
        return "listing"
    ended = ENDS.get(end_of(finish_of(line)).value) if finish_of(line) else None
    if ended is not None:
        return ended
    if line["streaming"] and any(not one["finish_reason"] for one in line["outputs"]):
        return "unfinished"
    if any(one["tool_calls"] for one in line["outputs"]):
        return "call"
    said = ("content", "reasoning", "refusal", "parts")
    return "answer" if any(one[name] for one in line["outputs"] for name in said) else "empty"


def span_of(number, ends):
    return next(name for name, (first, last) in ends.items() if first <= number <= last)


SIZES = {
    "0..999": (0, 999),
    "1000..9999": (1_000, 9_999),
    "10000..99999": (10_000, 99_999),
    "100000..": (10**5, 10**12),
}
CHUNKS = {"0..0": (0, 0), "1..10": (1, 10), "11..50": (11, 50), "51..200": (51, 200), "201..": (201, 10**9)}

TOLD = {
    "suite": lambda line: suite_of(line["path"]),
    "kind": lambda line: line["kind"],
    "outcome": outcome_of,
    "model": lambda line: line["model"] or "",
    "provider": lambda line: provider_of(line["test_id"]),
    "host": lambda line: urlsplit(line["url"] or "").netloc,
    "file": lambda line: (line["test_id"] or "").partition("[")[0].partition("::")[0],
    "streamed": lambda line: "yes" if line["streaming"] else "no",
    "size": lambda line: span_of(line["size"], SIZES),
    "chunks": lambda line: span_of(line["chunks"], CHUNKS),
    "finish": finish_of,
    "replay": lambda line: line["replay"]["state"],
    "used": lambda line: "",  # no run of a suite was watched
    "month": lambda line: "",  # the tree has no history
    "author": lambda line: "",
    "recorder": lambda line: "ogx",
}
"""What a line of an export has of each facet."""


def held(lines, terms):
    return [line for line in lines if all(TOLD[key](line) == value for key, value in terms.items())]


def test_facets(client, lines):
    for terms in ({}, {"kind": "chat"}, {"streamed": "yes", "replay": "current"}):
        query = {key: value for key, value in terms.items() if key != "streamed"}
        query |= {"is": "streamed"} if "streamed" in terms else {}
        told, left = client.get("/recordings.json", query).json(), held(lines, terms)

        assert told["total"] == len(left) > 0
        assert told["bytes"] == sum(line["size"] for line in left)
        assert set(told["facets"]) - {"smell"} == set(TOLD)
        for name, mine in TOLD.items():
            others = {key: value for key, value in terms.items() if key != name}  # a facet shows what the others leave
            assert +Counter(told["facets"][name]) == Counter(map(mine, held(lines, others))), name
        smells = Counter(told["facets"]["smell"])
        assert smells["recorded-error"] == sum(line["error"] is not None for line in left)
        assert smells["unreadable"] == sum(line["kind"] == "unreadable" for line in left)
        assert smells["cannot-replay"] == sum(line["replay"]["state"] in MISSED for line in left)
        assert smells["broke-off"] == sum(outcome_of(line) in {*ENDS.values(), "empty"} for line in left)


def test_verdicts(client, lines):
    many = Counter(line["fingerprint"] for line in lines)
    print_, count = many.most_common(1)[0]
    one = next(line for line in lines if line["fingerprint"] == print_)
    client.post("/do/decide", {"item": item_of(one["path"], one["blob"]), "verdict": "approve", "next": "/"})

    assert client.get("/recordings.json", {"state": "approved"}).json()["total"] == count > 1
    assert client.get("/recordings.json", {"state": "undecided"}).json()["total"] == len(lines) - count
    tests = Counter(line["test_id"] for line in lines if line["fingerprint"] == print_)
    told = [one for one in every_test(client) if one["verdicts"]]
    assert {one["test_id"]: one["verdicts"] for one in told} == {
        test: {"approved": number} for test, number in tests.items() if test
    }


def every_test(client):
    address, found = "/tests.json", []
    while address:
        answer = client.get(address).json()
        found += answer["tests"]
        address = answer["next"]
    return found


def test_tests(client, lines):
    by_test = defaultdict(list)
    for line in lines:
        if line["test_id"]:
            by_test[line["test_id"]].append(line)
    page = client.get("/tests/").context["page"]

    assert [one["test_id"] for one in every_test(client)] == sorted(by_test)
    for one in every_test(client):
        mine = by_test[one["test_id"]]
        outcomes = [outcome_of(line) for line in mine]
        came_to = [line["kind"] if out == "listing" else out for line, out in zip(mine, outcomes, strict=True)]
        assert one["recordings"] == len(mine)
        assert one["bytes"] == sum(line["size"] for line in mine)
        assert one["missed"] == sum(line["replay"]["state"] in MISSED for line in mine)
        assert one["failed"] == sum(out in ("error", "failed", "unreadable") for out in outcomes)
        assert one["came_to"] == Counter(came_to)
        assert one["models"] == Counter(line["model"] or "" for line in mine)
    assert (page.tests, page.all_tests) == (len(by_test), len(by_test))
    assert page.none == sum(not line["test_id"] for line in lines)
    assert page.sum.count == sum(map(len, by_test.values()))
    functions = {test.partition("[")[0] for test in by_test}
    assert page.functions == len(functions)
    files = Counter(test.partition("[")[0].partition("::")[0] for test in by_test)
    assert {one.title: one.tests for one in page.files} == {name: files[name] for name in (x.title for x in page.files)}


def test_lists_of_models(client, lines):
    asked, named = defaultdict(set), defaultdict(set)
    shape = re.compile(r"(models-)?([0-9a-f]{12}|[0-9a-f]{64})(-[0-9a-f]{8})?\.json")
    for line in lines:
        if line["kind"] != "models":
            continue
        expected = shape.fullmatch(line["replay"]["expected"] or "")
        asked[expected[2] if expected else ""].add(line["path"])
        name = shape.fullmatch(line["path"].rpartition("/")[2])
        if name and name[1] and name[3]:
            named[name[2]].add(line["path"])
    untold = len(asked.pop("", ()))
    page = client.get("/models/").context["page"]
    address, found = "/models/.json", []
    while address:
        answer = client.get(address).json()
        found += answer["requests"]
        address = answer["next"] and f"/models/.json{answer['next']}"

    assert (page.total, page.untold) == (len(asked), untold)
    assert {one["hash"]: one["files"] for one in found} == {
        digits: len(files | named[digits]) for digits, files in asked.items()
    }


def test_overview(client, lines):
    for address in ("/", "/tests/"):
        mine = [line for line in lines if line["test_id"]] if address == "/tests/" else lines
        for by in ("number", "size"):
            client.cookies["overview"] = by
            shown = client.get(address).context["page"].overview
            assert shown.total == len(mine)
            assert len(shown.cuts) >= 4
            for cut in shown.cuts:
                cut_as_it_should_be(cut, mine, by)


def cut_as_it_should_be(cut, lines, by):
    if cut.name == "verdict":
        assert [one.number for one in cut.segments] == [f"{len(lines):,}"]
        return
    sums = Counter()
    for line in lines:
        sums[TOLD[cut.name](line)] += 1 if by == "number" else line["size"]
    counts = [sum_ for _, sum_ in sorted(sums.items(), key=lambda one: (-one[1], one[0]))]
    written = [f"{one:,}" if by == "number" else size(one) for one in counts[: len(cut.segments)]]
    assert [one.number for one in cut.segments] == written
    rest = counts[len(cut.segments) :]
    assert (cut.rest or (0,))[0] == len(rest)
    assert not rest or cut.rest[1] == (f"{sum(rest):,}" if by == "number" else size(sum(rest)))
