import pytest

from recviewer.review.models import AuditEvent, Tag, TagOn
from recviewer.review.refusals import ChangedRecordings, Invalid
from recviewer.review.subjects import Seen
from recviewer.review.tagging import clean_name, colour_for, tag, untag


def seen(*recordings):
    return [Seen(recording.path, recording.blob) for recording in recordings]


def test_tag_is_made_once_whatever_its_case(make_recording):
    first, second = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")

    tag(seen(first), actor="Ana", name="Golden")
    done = tag(seen(second), actor="Ben", name="  gOLDEN ")

    assert Tag.objects.get().name == "Golden"
    assert TagOn.objects.count() == 2
    assert done.sentence.endswith(" Golden.")


def test_tag_survives_another_answer(make_recording):
    recording = make_recording()
    tag(seen(recording), actor="Ana", name="golden")

    make_recording(recording.path, answered="Mars.")

    assert TagOn.objects.get().path == recording.path


def test_tagging_twice_is_no_event(make_recording):
    recording = make_recording()
    tag(seen(recording), actor="Ana", name="golden")

    assert tag(seen(recording), actor="Ben", name="golden").event is None
    assert AuditEvent.objects.count() == 1


def test_untag_removes_only_what_is_there(make_recording):
    first, second = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")
    tag(seen(first), actor="Ana", name="golden")

    done = untag(seen(first, second), actor="Ana", name="GOLDEN")

    assert done.count == 1
    assert not TagOn.objects.exists()
    assert untag(seen(first), actor="Ana", name="golden").event is None


def test_stale_blob_is_refused(make_recording):
    recording = make_recording()

    with pytest.raises(ChangedRecordings):
        tag([Seen(recording.path, "0" * 40)], actor="Ana", name="golden")

    assert not Tag.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "a,b", "x" * 41, "a\u202eb", "a\x00b"])
def test_names_that_make_no_sense_are_refused(name):
    with pytest.raises(Invalid):
        clean_name(name)


@pytest.mark.parametrize("name", ["golden", "日本語", "<b>", "straße", "a'b\"c"])
def test_odd_names_are_names(name):
    assert clean_name(f" {name} ") == name
    assert colour_for(name) == colour_for(name.upper().lower())
