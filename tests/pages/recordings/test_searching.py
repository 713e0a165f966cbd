import re
from html import unescape
from pathlib import Path

import pytest
from django.http import QueryDict

from recviewer.catalog.filters import FILTERS, HAS, IS, SAID
from recviewer.pages.recordings import facets
from recviewer.pages.recordings.blame import blame_of
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.recordings.mending import mending_of
from recviewer.pages.recordings.searching import sections
from recviewer.pages.recordings.sentence import chips_of
from recviewer.review.decide import decide
from recviewer.review.narrowing import KEYS, fault, narrowed, read
from recviewer.review.notes import write
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag
from recviewer.review.undoing import undo

DOCUMENT = (Path(__file__).parents[3] / "docs" / "searching.md").read_text()


@pytest.fixture
def three(make_recording):
    return [
        make_recording("a/recordings/1.json", asked="How far is the moon?", answered="Far."),
        make_recording("a/recordings/2.json", asked="Who are you?", answered="A model."),
        make_recording("b/recordings/3.json", data=b"{"),
    ]


def mending(query):
    address = QueryDict(query)
    return mending_of(ListState.of(address), read(address.get("q", "")))


@pytest.mark.parametrize(
    ("query", "piece", "line", "count"),
    [
        ("q=modell:gpt-4o", "modell:gpt-4o", "model:gpt-4o", 2),
        ("q=-modell:gpt-4o", "-modell:gpt-4o", "-model:gpt-4o", 1),
        ("q=moon kindd:chat", "kindd:chat", "kind:chat", 1),
        ("q=has:stest", "has:stest", "has:test", 2),
        ("has=stest", "has:stest", "has:test", 2),
        ("kind=chatt&suite=b", "kind:chatt", "kind:chat", 0),
        ("q=(moon OR kind:unredable)", "kind:unredable", "kind:unreadable", 2),
        ("q=state:aproved", "state:aproved", "state:approved", 0),
        ("q=size:big", "size:big", "size:>100k", 0),
        ("q=before:yesterday", "before:yesterday", "before:2026-04-22", 0),
        ("q=-is:unredable moon", "-is:unredable", "-is:unreadable", 1),
    ],
)
def test_mistake_is_named_with_what_is_nearest_and_what_that_finds(three, query, piece, line, count):
    [one] = mending(query).mistakes
    offer = one.offers[0]

    assert (one.piece, offer.line, offer.count) == (piece, line, count)
    mended = ListState.of(QueryDict(offer.url.removeprefix("?")))
    assert mending(offer.url.removeprefix("?")).mistakes == ()
    assert narrowed(mended.terms, mended.words).count() == count


@pytest.mark.parametrize(
    ("query", "said", "line", "count"),
    [
        ("q=(moon OR model", "A bracket is not closed", "moon OR model", 2),
        ('q="the moon', "A quote is not closed", '"the moon"', 1),
        ("q=moon OR", "OR stands between two things", "moon", 1),
        ("q=kind:chat (moon", "A bracket is not closed", "kind:chat moon", 1),
        ("q=moon AND far", "AND was looked for as a word", "moon AND far", 0),
    ],
)
def test_what_can_be_read_anyway_is_said_with_how_it_was_read(three, query, said, line, count):
    [one] = mending(query).mistakes

    assert one.said.startswith(said)
    assert [(offer.line, offer.count) for offer in one.offers] == [(line, count)]


def test_what_is_no_filter_is_named_where_nothing_is_found(client, three):
    page = " ".join(client.get("/?q=nowhere:moon").content.decode().split())

    assert "nowhere:moon</code> <span>was looked for as a word: nowhere: is not a filter.</span>" in page
    assert client.get("/recordings.json?q=nowhere:moon").json()["mistakes"][0]["piece"] == "nowhere:moon"


@pytest.mark.parametrize(
    ("query", "piece", "offers"),
    [
        ("api.host.test", "api.host.test", [("host:api.host.test", 1)]),
        ("gpt4o-mini", "gpt4o-mini", [("model:gpt-4o-mini", 1)]),
        ("moon gaurdrails", "gaurdrails", [("test:guardrails", 0)]),
        ("gaurdrails", "gaurdrails", [("test:guardrails", 1)]),
        ("importnat", "importnat", [("tag:important", 1)]),
    ],
)
def test_a_word_that_stands_nowhere_leads_to_what_is_named_like_it(client, three, make_recording, query, piece, offers):
    test = "tests/test_a.py::test_input_guardrails"
    one = make_recording("c/recordings/4.json", test=test)
    type(one).objects.filter(pk=one.pk).update(model="gpt-4o-mini", host="api.host.test")
    tag([Seen(one.path, one.blob)], actor="ana", name="important")

    found = client.get("/recordings.json", {"q": query}).json()

    assert found["total"] == 0
    (mistake,) = found["mistakes"]
    assert (mistake["piece"], mistake["said"]) == (piece, "stands in no recording.")
    assert [(offer["line"], offer["total"]) for offer in mistake["offers"]] == offers


@pytest.mark.parametrize("query", ["xyzzyplugh", "-moon -far -model", '"api.host.testing"', "moon is:error"])
def test_a_word_like_no_name_or_in_some_recording_is_not_a_mistake(client, three, query):
    assert client.get("/recordings.json", {"q": query}).json()["mistakes"] == []


def test_several_mistakes_are_mended_at_once(three):
    found = mending("q=modell:gpt-4o has:stest moon")

    assert [one.offers[0].count for one in found.mistakes] == [1, 1]
    assert (found.whole.line, found.whole.count) == ("model:gpt-4o has:test moon", 1)
    assert (found.as_words.line, found.as_words.count) == ('"has:stest" "modell:gpt-4o"', 0)


def test_what_is_right_has_nothing_to_mend(three):
    assert mending("q=moon -kind:chat (a OR b) https://example.com x:y").mistakes == ()


def test_names_that_nothing_has_are_offered_with_those_close_to_them(three):
    found = blame_of(ListState.of(QueryDict("model=gpt4o&suite=c&kind=chat")))

    assert [(one.term.said, [offer.line for offer in one.offers]) for one in found.unknown] == [
        ("suite:c", []),
        ("model:gpt4o", ["gpt-4o"]),
    ]
    assert found.is_mended
    assert [(part.said, part.alone, part.left) for part in found.parts] == [
        ("suite:c", 0, 2),
        ("kind:chat", 2, 0),
        ("model:gpt-4o", 2, 0),
    ]
    assert found.worst.said == "suite:c"


def test_pairs_that_never_meet_are_named_where_no_single_filter_is_to_blame(three):
    found = blame_of(ListState.of(QueryDict("path=1.json&suite=b&q=model")))

    assert found.worst is None
    assert found.strangers == (("suite:b", "path:1.json"), ("suite:b", "model"), ("path:1.json", "model"))


def test_chips_read_as_a_sentence(three):
    state = ListState.of(
        QueryDict("size=>20k&has=tool&test=!file_search&model=gpt-4o&suite=a&suite=b&chunks=2..5&has=!note")
    )
    said = [f"{'not ' * chip.is_negative}{chip.lead} {chip.value}" for chip in chips_of(state)]

    assert said == [
        "of a", "or b", "that asked gpt-4o", "with a tool call", "of over 20.0 kB", "in 2 chunks to 5 chunks",
        "not with a note", "not in tests named file_search",
    ]  # fmt: skip
    for chip in chips_of(state):
        assert len(ListState.of(QueryDict(chip.url.removeprefix("?"))).terms) == len(state.terms) - 1


def test_search_stands_as_text_in_the_box_when_asked_for(client, three):
    html = unescape(client.get("/?kind=chat&kind=unreadable&q=moon OR -far&text=1").content.decode())

    assert 'value="kind:chat kind:unreadable (moon OR -far)"' in html
    assert "data-chip" not in html
    assert read("kind:chat kind:unreadable (moon OR -far)").words == "moon OR -far"


def test_help_the_document_and_the_parser_know_the_same_words(client, three):
    examples = [entry.example for section in sections() for entry in section.entries if entry.url]
    told = {term.key for example in examples for term in read(example).every_term}
    values = {example for example in examples if example.startswith(("has:", "is:"))}

    assert told == set(KEYS)
    assert values == {f"has:{one}" for one in (*HAS, *SAID["has"])} | {f"is:{one}" for one in (*IS, *SAID["is"])}
    for key in KEYS:
        assert f"`{key}:" in DOCUMENT, key
    for key in ("has", "is"):
        row = re.search(rf"^\| `{key}:` \| (.*) \|$", DOCUMENT, re.MULTILINE)[1]
        assert set(re.findall(r"`([^`]+)`", row)) == set(FILTERS[key].words)
    for example in examples:
        assert not any(map(fault, read(example).every_term)), example
        assert read(example).remarks == ()


def test_help_counts_what_each_example_finds(client, three):
    html = client.get("/searching/").content.decode()

    assert re.search(r"<code>is:unreadable</code>.*?>1<", html)
    assert "searching/" in client.get("/").content.decode()


def facet(html, label):
    """Return the values of a facet beside the list, as they are printed: (name, count, where it leads)."""
    group = html.partition(f">{label}</h2>")[2].partition("</section>")[0]
    link = r'(?:href="([^"]*)"[^>]*)?(?: title="[^"]*")?>'
    pattern = link + r'<span class="facet-label">([^<]*)</span><span class="facet-count">([^<]*)<'
    return {name: (count, unescape(url)) for url, name, count in re.findall(pattern, group)}


def test_facets_choose_several_values_and_leave_out(client, three):
    html = client.get("/?suite=a").content.decode()

    assert facet(html, "Suite") == {"a": ("2", "?"), "b": ("1", "?suite=a&suite=b")}
    assert facet(client.get("/").content.decode(), "Kind")["chat"] == ("2", "?kind=chat")
    assert 'href="?suite=a&amp;suite=%21b" aria-label="leave out b"' in html
    html = client.get("/?suite=%21a").content.decode()
    assert facet(html, "Suite") == {"not a": ("−2", "?"), "b": ("1", "?suite=%21a&suite=b")}
    html = client.get("/?is=streamed").content.decode()
    assert facet(html, "Streamed")["not streamed"] == ("3", "?is=%21streamed")


def test_facets_on_what_people_said_appear_with_it(client, three):
    assert facet(client.get("/").content.decode(), "Reviewer") == {}
    seen = [Seen(one.path, one.blob) for one in three]
    decide(seen[:1], actor="Ana", verdict="approve")
    decide(seen[1:], actor="Ben", verdict="approve")
    write(seen[0], actor="Ana", body="hm")

    html = client.get("/?by=Ana").content.decode()

    assert facet(html, "Reviewer") == {"Ana": ("1", "?"), "Ben": ("2", "?by=Ana&by=Ben")}
    assert facet(client.get("/").content.decode(), "Note") == {
        "with a note": ("1", "?has=note"),
        "without": ("2", "?has=%21note"),
    }
    assert {name: count for name, (count, _) in facet(html, "Verdict").items() if count != "0"} == {"approved": "1"}


def test_the_facet_of_tags_follows_each_act_and_is_counted_once_between_two(client, three, monkeypatch):
    seen = [Seen(one.path, one.blob) for one in three]
    asked, count = [], facets.said.tag_counts_of
    monkeypatch.setattr(facets.said, "tag_counts_of", lambda ids: asked.append(1) or count(ids))

    def tagged():
        return {name: count for name, (count, _) in facet(client.get("/?suite=a").content.decode(), "Tag").items()}

    for name in ("golden", "slow"):
        tag(seen[:1], actor="Ana", name=name)
    assert tagged() == tagged() == {"golden": "1", "slow": "1"}
    tag(seen[1:], actor="Ana", name="golden")
    assert tagged() == {"golden": "2", "slow": "1"}
    undo(actor="Ana")
    assert tagged() == {"golden": "1", "slow": "1"}
    assert len(asked) == 3


@pytest.mark.slow
def test_every_count_beside_the_list_is_what_its_link_lists(client, make_recording, three):
    make_recording("b/recordings/4.json", asked="And now?", test="tests/test_b.py::test_x[c-txt=azure/m]")
    html = client.get("/?suite=b").content.decode()
    for label in ("Kind", "Outcome", "Model", "Test file", "Provider", "Host"):
        values = facet(html, label)
        assert len(values) > 1, label
        for count, url in values.values():
            if url:
                assert client.get(f"/{url}").context["page"].total == int(count), url


def test_a_column_of_zeros_gives_way_to_what_is_on(client, three):
    """Of facets those stand that still lead somewhere; where none does, that is said once."""
    html = client.get("/", {"q": "nobodysaidthis"}).content.decode()

    aside = html.partition("data-facets-fold")[2].partition("</aside>")[0]
    assert "Every count is 0." in aside
    assert "facet-group" not in aside
    one = client.get("/", {"q": "", "model": "nomodel"}).content.decode()
    aside = one.partition("data-facets-fold")[2].partition("</aside>")[0]
    assert 'class="facet-group"' in aside
    assert "Every count is 0." not in aside
