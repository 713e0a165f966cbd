"""Documents are compared with what they describe."""

import json
import re
import runpy
from pathlib import Path

import pytest

from recviewer.exchange import fingerprint
from recviewer.exchange.model import Kind
from recviewer.formats.contract import Match
from recviewer.formats.decode import decode
from recviewer.formats.raw import envelope
from recviewer.replay.names import ReplayState
from recviewer.replay.rules import RULES
from recviewer.smells import applying

PROJECT = Path(__file__).parents[2]
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md"), PROJECT / "bench/README.md"])


def text_of(name):
    return (PROJECT / "docs" / name).read_text()


def rows_of(text):
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_every_replay_rule_is_listed_as_it_is(rule):
    since, draft, covers, says = rows_of(text_of("replay-rules.md"))[rule.slug]

    assert (since, draft, says) == (str(rule.since), "" if rule.on_main else "draft", rule.says)
    assert len(covers.split(", ")) == len(rule.kinds)


def test_replay_rules_stand_newest_first_and_no_other():
    listed = re.findall(r"^\| (\w+) \| \d{4}-", text_of("replay-rules.md"), re.M)

    assert listed == [rule.slug for rule in RULES]


@pytest.mark.parametrize("state", ReplayState)
def test_every_replay_state_is_explained(state):
    assert state.value in rows_of(text_of("replay-rules.md"))


@pytest.mark.parametrize(
    "name",
    sorted(
        fingerprint.ID_KEYS
        | fingerprint.ITEM_IDS
        | fingerprint.FILE_IDS
        | fingerprint.EARLIER
        | fingerprint.TURNS
        | fingerprint.VALUES
        | fingerprint.TIMES
    ),
    ids=lambda name: name.replace(" ", "_"),
)
def test_every_key_that_the_fingerprint_treats_apart_is_named(name):
    assert f"`{name}`" in text_of("fingerprint.md")


def test_every_rule_is_told_as_it_tells_itself():
    """Made by `python tools/list_rules.py`."""
    script = runpy.run_path(str(PROJECT / "tools" / "list_rules.py"))

    assert script["listed"]() == text_of("smells.md")


def test_everything_harmless_is_listed_as_the_data_has_it():
    """Made by `python tools/list_harmless.py`."""
    script = runpy.run_path(str(PROJECT / "tools" / "list_harmless.py"))

    assert script["written"](text_of("fingerprint.md")) == text_of("fingerprint.md")


def test_many_keys_at_the_top_of_a_body_are_listed_without_an_empty_path():
    script = runpy.run_path(str(PROJECT / "tools" / "list_harmless.py"))
    names = [f"key_{number}" for number in range(9)]
    quoted = ", ".join(f"`{name}`" for name in names)

    assert script["_paths"](names) == f"at the top of the body: {quoted}"
    assert script["_paths"]([*(f"data[].{name}" for name in names), "id"]) == f"`id`; in `data[]`: {quoted}"
    assert "``" not in text_of("fingerprint.md")


def test_fingerprint_version_is_the_present_one():
    assert f"`{fingerprint.VERSION}:`" in text_of("fingerprint.md")


def test_the_format_in_the_document_works():
    source = re.search(r"```python\n(.+?)```", text_of("add-a-format.md"), re.S)[1]
    module = {}
    exec(source, module)
    recording = {
        "request": {"url": "http://localhost:8080/generate", "method": "POST", "body": {"inputs": "Say A.", "top": 1}},
        "response": {"body": {"generated_text": "A.", "details": {"finish_reason": "length"}}, "is_streaming": False},
    }
    raw, problems = envelope(decode(json.dumps(recording).encode()).document), []

    made = module["FORMAT"]
    request, reply = made.request(raw, problems), made.reply(raw, problems)

    assert made.match(raw) is Match.SHAPE
    assert made.kind in Kind
    assert request.messages[0].parts[0].text == "Say A."
    assert request.params == {"top": 1}
    assert (reply.outputs[0].content, reply.outputs[0].finish_reason) == ("A.", "length")
    assert problems == []


def test_the_finding_in_the_document_works():
    rule_source, case_source = re.findall(r"```python\n(.+?)```", text_of("add-a-finding.md"), re.S)
    rule, cases = {}, {}
    exec(rule_source, rule)
    exec(case_source, cases)

    def found(case):
        return [one.severity.value for one in applying.ask(rule["RULE"], ["here"], [case])]

    assert [found(case) for case, _ in cases["FIRES"].values()] == [
        [severity] for _, severity in cases["FIRES"].values()
    ]
    assert not any(found(case) for case in cases["QUIET"].values())


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_inside_the_project_lead_somewhere(document):
    links = re.findall(r"(?<!!)\[[^\]]*\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


def anchors(document):
    """Return the anchors that code hosts make of the headings of a document."""
    text = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.M | re.S)
    headings = re.findall(r"^#+ (.+)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_headings_lead_to_one(document):
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", document.read_text())
    places = [(document.parent / file if file else document, anchor) for file, anchor in links]

    assert [(place.name, anchor) for place, anchor in places if anchor not in anchors(place)] == []


@pytest.mark.parametrize("name", sorted(at.parent.name for at in (PROJECT / "recviewer").glob("*/__init__.py")))
def test_every_room_is_in_the_architecture(name):
    assert (PROJECT / "recviewer" / name).is_dir()
    assert f"| `{name}/` |" in text_of("architecture.md")


def test_every_folder_of_pages_is_in_the_architecture_and_its_contract():
    folders = {at.parent.name for at in (PROJECT / "recviewer" / "pages").glob("*/__init__.py")}
    folders -= {"migrations", "templatetags"}

    assert {name for name in folders if f"| `{name}/` |" not in text_of("architecture.md")} == set()
    contract = (PROJECT / "pyproject.toml").read_text()
    assert {name for name in folders if f'"recviewer.pages.{name}"' not in contract} == set()


def is_there(named):
    """Tell whether `room.module` or `room.module.name` stands in the tree."""
    place = PROJECT / "recviewer"
    for at, step in enumerate(named.split(".")):
        if (place / step).is_dir():
            place = place / step
            continue
        module = place / f"{step}.py"
        source = module if module.exists() else place / "__init__.py"
        rest = named.split(".")[at + 1 :] if module.exists() else [step]
        return source.exists() and (not rest or re.search(rf"\b{rest[0]}\b", source.read_text()) is not None)
    return True


def test_modules_that_the_architecture_names_are_there():
    rooms = {at.parent.name for at in (PROJECT / "recviewer").glob("*/__init__.py")}
    named = set(re.findall(r"`([a-z_]+(?:\.[A-Za-z_]+)+)`", text_of("architecture.md")))

    assert {one for one in named if one.split(".")[0] in rooms and not is_there(one)} == set()


def test_constraints_pin_every_requirement_by_name_and_version_only():
    import tomllib

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    lines = [line for line in (PROJECT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    required = {
        re.match(r"[\w-]+", one)[0] for one in (*project["dependencies"], *project["optional-dependencies"]["test"])
    }

    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+( ; .+)?", line) for line in lines)
    assert required <= {line.partition("==")[0] for line in lines}
