from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.replay.lists import (
    ABSENT,
    ListFile,
    day_of,
    digits_in,
    is_common,
    is_folder_of,
    is_joined,
    joined,
    models_in,
    needless,
    said_of,
)

DAY = 24 * 3600


def file(key, host, models, *, is_read=True):
    told = None if models is None else {one: said_of({"id": one, "created": time}) for one, time in models.items()}
    return ListFile(key, host, told, is_read)


def listing(models, endpoint="/v1/models"):
    request = {"method": "GET", "url": f"https://a.example{endpoint}", "body": {}, "endpoint": endpoint}
    return {"request": request, "response": {"body": models}}


@pytest.mark.parametrize(
    ("name", "digits", "joins"),
    [
        ("models-0123456789ab-01234567.json", "0123456789ab", True),
        (f"models-{'ab' * 32}-01234567.json", "ab" * 32, True),
        (f"{'ab' * 32}.json", "ab" * 32, False),
        ("models-0123456789ab.json", "0123456789ab", False),
        ("models-xyz-01234567.json", "", False),
        ("", "", False),
    ],
)
def test_hash_is_read_from_a_name(name, digits, joins):
    assert (digits_in(name), is_joined(name)) == (digits, joins)


@pytest.mark.parametrize(
    ("folder", "test", "is_own"),
    [
        ("tests/integration/chat/recordings", "tests/integration/chat/test_a.py::test_b[x/y]", True),
        ("chat/recordings", "tests/integration/chat/test_a.py::test_b", True),
        ("repo/tests/integration/chat/recordings", "tests/integration/chat/test_a.py::test_b", True),
        ("tests/integration/other/recordings", "tests/integration/chat/test_a.py::test_b", False),
        ("tests/integration/chat/recordings", "test_a.py::test_b", False),
        ("at/recordings", "tests/chat/test_a.py::test_b", False),
    ],
)
def test_folder_of_a_test_is_known_from_above_and_from_below(folder, test, is_own):
    assert is_folder_of(folder, test) == is_own


def test_shared_folder_is_called_common():
    assert is_common("tests/integration/common/recordings")
    assert is_common("common/recordings")
    assert not is_common("uncommon/recordings")


def test_last_of_two_models_of_one_id_is_kept():
    assert models_in(listing([{"id": "a", "created": 1}, {"id": "b"}, {"id": "a", "created": 2}])) == {
        "a": {"id": "a", "created": 2},
        "b": {"id": "b"},
    }


def test_models_are_unpacked_and_go_by_the_key_of_their_endpoint():
    typed = [{"__type__": "openai.types.model.Model", "__data__": {"id": "a"}}]
    assert models_in(listing(typed)) == {"a": {"id": "a"}}
    tags = {"__type__": "ollama._types.ListResponse", "__data__": {"models": [{"model": "c", "id": "d"}]}}
    assert models_in(listing(tags, "/api/tags")) == {"c": {"model": "c", "id": "d"}}


@pytest.mark.parametrize("body", [None, 3, {"models": 4}, [{"id": 5}], [{}], ["a"]])
def test_what_is_no_list_has_no_models(body):
    assert models_in(listing(body)) is None


@pytest.mark.parametrize("document", [None, [], {}, {"request": {"method": "GET"}}])
def test_what_is_no_recording_has_no_models(document):
    assert models_in(document) is None


def test_union_has_every_model_once_with_its_files():
    found = joined([file("1", "x", {"b": DAY, "a": DAY}), file("2", "x", {"b": DAY, "c": DAY})])

    assert [(one.id, one.files) for one in found] == [("a", (0,)), ("b", (0, 1)), ("c", (1,))]
    assert all(one.is_listed and not one.apart for one in found)


def test_files_that_are_not_read_bring_nothing():
    assert joined([file("1", "x", {"a": DAY}, is_read=False), file("2", "x", None)]) == ()


def test_what_files_say_differently_is_told_field_by_field():
    lists = [
        ListFile(str(at), "x", {"a": said_of({"id": "a"} | more)}, True)
        for at, more in enumerate([{"created": 5, "owner": [1]}, {"created": 6}, {"created": 5, "owner": [1]}])
    ]

    assert joined(lists)[0].apart == (
        ("created", (("5", 2), ("6", 1))),
        ("owner", (("[1]", 2), (ABSENT, 1))),
    )


def test_models_are_no_longer_listed_where_the_newest_list_of_their_host_has_them_not():
    found = joined(
        [
            file("1", "x", {"old": DAY, "kept": 2 * DAY}),
            file("2", "x", {"kept": 2 * DAY, "new": 9 * DAY}),
            file("3", "x", {"also": 9 * DAY + 5}),
            file("4", "undated", {"older": 0}),
        ]
    )

    assert [one.id for one in found if not one.is_listed] == ["old"]


def test_model_that_another_host_lists_is_listed():
    found = joined([file("1", "x", {"a": DAY}), file("2", "x", {"b": 5 * DAY}), file("3", "y", {"a": DAY})])

    assert all(one.is_listed for one in found)


@pytest.mark.parametrize(("seconds", "day"), [(0, None), (-5, None), (DAY, date(1970, 1, 2)), (10**30, None)])
def test_day_of_a_time(seconds, day):
    assert day_of(seconds) == day


@pytest.mark.parametrize("created", [True, "5", None, 1.5, [], 10**30, -1])
def test_what_is_no_time_gives_no_day(created):
    assert ListFile("1", "x", {"a": said_of({"created": created})}, True).as_of is None


def test_model_that_is_no_object_has_no_fields():
    assert ListFile("1", "x", {"a": said_of("text")}, True).as_of is None


def without(files):
    """The keys of the files that can go."""
    return [files[place].key for place in needless(files, joined(files))]


def test_the_older_of_two_files_that_say_the_same_can_go():
    assert without([file("a/1", "x", {"m": DAY}), file("a/2", "x", {"m": DAY, "n": 2 * DAY})]) == ["a/1"]
    assert without([file("a/1", "x", {"m": DAY}), file("a/2", "x", {"m": DAY})]) == ["a/1"]
    assert without([file("a/1", "x", {"m": DAY, "n": DAY})] + [file(f"a/{one}", "x", {one: DAY}) for one in "mn"]) == [
        "a/m",
        "a/n",
    ]


def test_what_only_one_file_says_keeps_it():
    assert without([file("a/1", "x", {"m": DAY, "o": DAY}), file("a/2", "x", {"m": DAY, "n": 2 * DAY})]) == []
    assert without([file("a/1", "x", {"m": DAY}), file("a/2", "x", {"m": 2 * DAY})]) == []
    assert without([file("a/1", "x", {})]) == []
    assert without([file("a/1", "x", {"m": DAY}), file("a/2", "x", {"m": DAY}, is_read=False)]) == []
    assert without([file("a/1", "x", {"m": DAY}), file("a/2", "x", None, is_read=False)]) == []


def test_what_stays_is_read_wherever_the_other_was():
    shared = "s/common/recordings/1"
    assert without([file("a/recordings/1", "x", {"m": DAY}), file(shared, "x", {"m": DAY})]) == ["a/recordings/1"]
    assert without([file(shared, "x", {"m": DAY}), file("b/recordings/1", "x", {"m": DAY, "n": 2 * DAY})]) == []
    assert without([file("a/recordings/1", "x", {"m": DAY}), file("b/recordings/1", "x", {"m": DAY})]) == []


FOLDERS = ("a/recordings", "b/recordings", "s/common/recordings")
FILES = st.lists(
    st.builds(
        lambda folder, models, is_read: (folder, models, is_read),
        st.sampled_from(FOLDERS),
        st.dictionaries(st.sampled_from("mno"), st.sampled_from([DAY, 2 * DAY]), max_size=3),
        st.booleans(),
    ),
    max_size=6,
)


@given(FILES)
def test_whoever_asks_gets_the_same_without_them(some):
    files = [file(f"{folder}/{at}", "x", models, is_read=is_read) for at, (folder, models, is_read) in enumerate(some)]
    gone = set(without(files))
    left = [one for one in files if one.key not in gone]

    def answers(files, folder):
        """All that replay may answer one who asks from a folder, for the order within a folder is not fixed."""
        read = [one for one in files if one.is_read and one.key.rpartition("/")[0] in (folder, FOLDERS[2])]
        return bool(read), {(name, said) for one in read for name, said in (one.models or {}).items()}

    for folder in FOLDERS:
        assert answers(left, folder) == answers(files, folder)
    assert all(one.is_read for one in files if one.key in gone)
