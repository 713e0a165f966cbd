import pytest

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.review import choosing, decide, standing
from recviewer.review.models import Standing
from recviewer.review.refusals import ChangedRecordings
from recviewer.review.subjects import Seen, target_of


@pytest.fixture
def three(make_recording):
    """Three recordings, chosen as they are."""
    made = [make_recording(f"r/{number}.json", answered=f"Answer {number}.") for number in range(3)]
    return choosing.Chosen([Seen(one.path, one.blob) for one in made])


def expected():
    return [target_of(row) for row in Recording.objects.order_by("path")]


def test_what_is_still_the_same_is_not_read_anew(three, monkeypatch):
    first = three.targets()
    monkeypatch.setattr(choosing, "_at", lambda paths: pytest.fail(f"read anew: {paths}"))

    assert three.targets() == first == expected()
    assert list(three.found) == first


def test_what_changed_between_two_looks_is_left_out(three, root):
    three.targets()
    (root / "r/1.json").write_bytes((root / "r/1.json").read_bytes().replace(b"Answer 1", b"Answer 9"))
    (root / "r/2.json").unlink()
    indexer.refresh(processes=1)

    assert [one.path for one in three.targets()] == ["r/0.json"]
    assert three.left == {"r/1.json": choosing.CHANGED, "r/2.json": choosing.GONE}


def test_bytes_that_are_read_otherwise_by_now_are_taken_as_they_read_now(three):
    three.targets()
    Recording.objects.filter(path="r/1.json").update(fingerprint="9:1")

    assert [one.subject for one in three.targets()] == [row.fingerprint for row in Recording.objects.order_by("path")]
    assert three.targets()[1].subject == "9:1"


def test_nothing_that_is_left_is_refused_at_the_second_look_too(three):
    three.targets()
    Recording.objects.update(blob="1" * 40)

    with pytest.raises(ChangedRecordings):
        three.targets()


def test_standings_of_what_nobody_decided_on_before_are_those_that_decisions_make(make_recording):
    made = [make_recording(f"r/{number}.json", answered=f"Answer {number}.") for number in range(4)]
    seen = [Seen(one.path, one.blob) for one in made]

    def standings():
        return list(Standing.objects.order_by("fingerprint").values())

    for some, actor, verdict in (
        (seen[:2], "Ana", "approve"),
        (seen, "Ben", "reject"),
        (seen[2:], "Ana", "clear"),
        (seen[1:], "Ana", "delete"),
        (seen, "Ben", "clear"),
        (seen, "Ana", "approve"),
    ):
        decide.decide(some, actor=actor, verdict=verdict, note="why")
        stand = standings()
        standing.rebuild()
        assert standings() == stand
    assert [one["state"] for one in standings()] == ["approved"] * 4
