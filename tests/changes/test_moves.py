"""What is surely the same, and what differs in where two recordings stand."""

from dataclasses import replace

from recviewer.changes.moves import differ, moved, surely_quiet
from recviewer.difference.model import Churn
from recviewer.pairing.sides import without_bytes
from recviewer.recorders.reading import UNVERIFIABLE


def test_files_whose_bytes_cannot_be_had_are_not_known_to_be_the_same(make):
    side = make.side(make.chat())
    unread = replace(side, blob="", meaning=without_bytes("it is too large"))

    assert surely_quiet(side, side) is Churn.IDENTICAL
    assert surely_quiet(unread, unread) is None


def test_files_that_nobody_can_read_differ_by_their_bytes(make):
    side = make.side(make.chat())
    one, other = (replace(side, blob=blob * 40, meaning=without_bytes("it is no JSON")) for blob in "ab")

    assert differ(one, other).churn is Churn.DETAILS
    assert [change.path for change in moved(one, other)] == ["content"]
    assert not list(moved(one, one))


def test_another_folder_or_host_is_no_churn(make):
    side = make.side(make.chat())
    name = side.path.rpartition("/")[2]

    assert surely_quiet(side, make.side(make.chat(), f"tests/other/recordings/{name}")) is None
    assert surely_quiet(side, make.side(make.chat(host="b.example"), side.path)) is None


def test_a_name_of_its_own_counts_only_where_the_same_is_asked(make):
    side = make.side(make.chat())
    folder = side.path.rpartition("/")[0]

    again = make.side(make.chat(answer="None has."), f"{folder}/other.json")
    assert [change.path for change in moved(side, again)] == ["file name"]
    for asked in (make.chat("Who?"), make.chat(test=make.id_of("test_other"))):
        assert not list(moved(side, make.side(asked, f"{folder}/other.json")))


def test_a_call_that_moves_to_another_cassette_is_no_renamed_file(make):
    side = make.side(make.chat())
    side = replace(side, part="0a1b", meaning=replace(side.meaning, replay=UNVERIFIABLE))
    one, other = (replace(side, path=f"tests/cassettes/{name}.yaml/0a1b") for name in ("one", "other"))

    assert differ(one, other).churn is Churn.DETAILS
    (change,) = moved(one, other)
    assert (change.path, change.old, change.new) == ("cassette", "one.yaml", "other.yaml")


def test_what_stands_in_another_element_of_a_stream_is_no_churn(make):
    def odd_in(place):
        document = make.chat()
        document["response"]["body"][place]["__data__"]["odd"] = 1
        return make.side(document)

    old, new = odd_in(0), odd_in(1)

    assert old.meaning.fingerprint == new.meaning.fingerprint
    assert surely_quiet(old, old) is Churn.IDENTICAL
    assert surely_quiet(old, new) is None
    assert differ(old, new).churn is Churn.DETAILS
