import pytest

from recviewer.catalog.models import Recording
from recviewer.difference.model import Churn
from recviewer.memory import glances, ranges
from recviewer.review import pairs
from recviewer.review.decide import decide
from recviewer.review.subjects import Seen


@pytest.fixture
def seen(spec):
    """The range was looked through; returns a function that asks what it comes to."""
    glances.look([spec])
    here = ranges.repository()
    base, head = spec.split("...")
    return lambda: glances.of_list(here, base, {head: spec})[0].get(head)


def test_a_range_that_was_looked_through_tells_its_classes_and_its_state(seen, spec):
    found = ranges.report_of(spec).found

    told = seen()

    assert dict(told.classes) == {churn: one.changes for churn, one in found.classes().items() if one.changes}
    assert {churn for churn, _ in told.classes} == {Churn.TEXT, Churn.NEW, Churn.GONE}
    assert (told.changes, told.need_you, told.decided) == (3, found.numbers.need_you, 0)


def test_what_people_say_counts_at_once(seen, spec, make_recording):
    assert seen().decided == 0
    moon = Recording.objects.get(path="tests/recordings/moon.json")

    decide([Seen(moon.path, moon.blob)], actor="ana", verdict="approve")

    numbers = ranges.report_of(spec).found.numbers
    assert numbers.decided == 1
    assert (seen().decided, seen().need_you) == (1, numbers.need_you)


def test_pairs_that_reviewers_make_have_it_looked_through_anew(seen, monkeypatch):
    assert seen() is not None

    monkeypatch.setattr(pairs, "choices", lambda: ("another",))

    assert seen() is None


@pytest.mark.parametrize(
    "damage", [lambda data: data.replace(b"text", b"gone"), lambda data: data[:70], lambda data: b""]
)
def test_a_file_that_is_none_of_ours_tells_nothing(seen, damage):
    place = glances._place()
    glances._glances.clear()
    place.write_bytes(damage(place.read_bytes()))

    assert seen() is None


def test_the_last_ones_are_kept(seen, spec, monkeypatch):
    monkeypatch.setattr(glances, "KEPT_BYTES", len(glances._place().read_bytes()) - 40)
    (looked,) = glances._known().values()

    glances._keep("another", looked)

    assert list(glances._known()) == ["another"]


def test_what_cannot_be_opened_is_left_out(seen):
    glances.look(["nothing...here"])

    assert seen() is not None


def test_nothing_is_looked_through_twice(spec, settings, monkeypatch):
    asked = []
    monkeypatch.setattr(glances, "_look_apart", lambda specs: (asked.append(specs), glances._looking.release()))
    settings.REFRESH_IN_BACKGROUND = True
    base, head = spec.split("...")
    here = ranges.repository()

    for _ in range(2):
        found, _is_looking = glances.of_list(here, base, {head: spec})
        assert not found

    assert asked == [[spec]]
