import pytest
from django.core.management import CommandError, call_command

from recviewer.catalog import indexer, run_lock
from tests.trees import FOLDER, bytes_of, chat

pytestmark = pytest.mark.django_db


def test_paths_and_snippets_are_printed(put, capsys):
    put(answered="The blue planet.")
    put("tests/recordings/two.json", answered="Mars.")

    call_command("search", "blue")

    out, err = capsys.readouterr()
    assert out.splitlines() == ["tests/recordings/one.json", "  answer: The [blue] planet."]
    assert err.strip() == "1 recording"


def test_words_beside_each_other_are_one_query(put, capsys):
    put(answered="The blue planet.")
    put("tests/recordings/two.json", answered="The red planet.")

    call_command("search", "--", "planet", "-blue")

    assert capsys.readouterr().out.splitlines()[0] == "tests/recordings/two.json"


def test_what_is_no_filter_is_named_where_nothing_is_found(put, capsys):
    put(answered="The sun:blue planet.")

    call_command("search", "moon:blue")
    call_command("search", "sun:blue")

    assert capsys.readouterr().err.splitlines() == [
        "moon: is not a filter, so moon:blue was looked for as a word.", "0 recordings", "1 recording"
    ]  # fmt: skip


def test_what_is_not_shown_is_counted(put, capsys):
    for number in range(3):
        put(f"tests/recordings/{number}.json")

    call_command("search", "planet", limit=1)

    assert capsys.readouterr().err.strip() == "3 recordings, 2 of them not shown (--limit)"


def test_search_while_another_run_is_under_way_uses_what_is_there(put, capsys):
    put()
    indexer.refresh(processes=1)
    with run_lock.only_run():
        call_command("search", "planet")

    out, err = capsys.readouterr()
    assert "tests/recordings/one.json" in out
    assert "searching what is indexed so far" in err


def test_limit_below_nothing_is_refused(root):
    with pytest.raises(CommandError, match="whole number") as failure:
        call_command("search", "planet", limit=-1)

    assert failure.value.returncode == 2


def test_missing_root_is_refused(root):
    root.rmdir()

    with pytest.raises(CommandError, match="does not exist") as failure:
        call_command("search", "planet")

    assert failure.value.returncode == 2


@pytest.mark.slow
def test_rules_look_at_the_tree_before_their_findings_are_searched(root, capsys):
    one = chat("Once?")
    for name in ("a", "b"):
        place = root / FOLDER / f"{name * 64}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(bytes_of(one))

    call_command("search", "smell:twin")

    assert capsys.readouterr().out.splitlines() == [f"{FOLDER}/{'a' * 64}.json"]
