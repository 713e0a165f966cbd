"""What the catalog says rules find on a recording is what they find."""

import hashlib
import os
from pathlib import Path

import pytest

from recviewer.catalog.facets import columns, counts
from recviewer.catalog.models import Recording
from recviewer.catalog.own_findings import SMELLS, found_on
from recviewer.catalog.summary import summarize
from recviewer.catalog.value_words import SMELL_WORDS
from recviewer.language.tree import Term
from recviewer.pairing.sides import Side, meaning_of
from recviewer.review.narrowing import narrowed
from recviewer.smells import of_recordings, rules
from recviewer.smells.model import Needs
from tests.trees import bytes_of, chat, name_of

CORPUS = os.environ.get("RECVIEWER_CORPUS")

ALONE = [rule for rule in rules() if rule.needs is Needs.EXCHANGE]

ELSEWHERE = frozenset(rule.name for rule in ALONE) - set(SMELLS)
"""Rules about one recording that the catalog does not answer."""

DOCUMENTS = {
    "good": chat(),
    "cut": chat(finish="length"),
    "filtered": chat(finish="content_filter"),
    "odd": chat(finish="because"),
    "empty": chat(answer=""),
    "error": chat(error="slow down"),
    "leaked": chat(answer="<think>Hm.</think> Saturn."),
    "leaked and cut": chat(answer="<think>Hm.", finish="length"),
    "about tags": chat(answer="Use <think>."),
}


def test_rules_of_one_recording_are_known_to_the_catalog():
    assert set(SMELLS) <= {rule.name for rule in ALONE}
    assert set(SMELL_WORDS) == set(SMELLS)


def by_rules(side):
    return " ".join(sorted({found.rule.name for found in of_recordings([side], ALONE)} - ELSEWHERE))


def by_catalog(data, key):
    one = summarize(data, key).parts[0]
    return found_on(one.outcome, one.replay, one.kind, one.leaked)


@pytest.mark.parametrize("is_named", [True, False])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_catalog_says_what_rules_find(make, name, is_named):
    document = DOCUMENTS[name]
    path = f"a/recordings/{name_of(document) if is_named else 'ab' * 32 + '.json'}"

    found = by_catalog(bytes_of(document), path)

    assert found == by_rules(make.side(document, path))
    assert ("cannot-replay" in found) != is_named


@pytest.mark.skipif(not CORPUS, reason="wants real recordings")
def test_catalog_says_of_real_recordings_what_rules_find():
    found = {}
    for place in sorted(Path(CORPUS).rglob("*.json"))[::7]:
        data, key = place.read_bytes(), str(place.relative_to(CORPUS))
        blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        said = found[key] = by_catalog(data, key)
        assert said == by_rules(Side(key, key.encode(), blob, meaning_of(data, place.name))), key
    assert len(set(found.values())) > 2


@pytest.mark.django_db
def test_words_and_counts_agree(make_recording):
    for number, document in enumerate(DOCUMENTS.values()):
        make_recording(f"a/recordings/{number:012x}.json", data=bytes_of(document))
        make_recording(f"a{number}/recordings/{name_of(document)}", data=bytes_of(document))
    make_recording("a/recordings/broken.json", data=b"{")
    rows = list(Recording.objects.all())
    told = {row.pk: set(found_on(row.outcome, row.replay, row.kind, row.leaked).split()) for row in rows}
    counted = columns("")

    for name in SMELLS:
        wanted = {key for key, found in told.items() if name in found}
        assert set(narrowed([Term("smell", name)]).values_list("pk", flat=True)) == wanted, name
        assert set(narrowed([Term("smell", name, True)]).values_list("pk", flat=True)) == set(told) - wanted
        assert dict(counts(counted, counted.all, ()).by_facet["smell"]).get(name, 0) == len(wanted)
        left = counts(counted, counted.all, [Term("smell", name)])
        assert (left.total, sum(dict(left.by_facet["outcome"]).values())) == (len(wanted), len(wanted))
    none = {key for key, found in told.items() if not found}
    assert set(narrowed([Term("smell", "")]).values_list("pk", flat=True)) == none
    both = [Term("smell", "leaked-reasoning"), Term("smell", "broke-off")]
    assert narrowed(both).count() == counts(counted, counted.all, both).total == 2
    assert counts(counted, counted.all, [Term("smell", "")]).total == len(none) > 0
