"""What git's history says of findings: since when, and what took the other half away."""

import json

import pytest

from tests.secrets.planting import SECRETS
from tests.smells.cases.left_behind import NEW, OLD, going_on, searching
from tests.trees import FOLDER, bytes_of, chat, name_of


def says(check, *words):
    return [one["says"] for one in json.loads(check("--format", "json", *words)[1])["findings"]]


@pytest.mark.slow
def test_a_secret_is_told_with_the_first_commit_that_has_it(tree, check):
    key = SECRETS["openai project"][0]
    path = f"{FOLDER}/{name_of(chat())}"
    tree.write(path, bytes_of(chat()))
    base = tree.commit("without")
    tree.write(path, bytes_of(chat(answer=f"Use {key}.")))
    first = tree.commit("with")
    tree.write(path, bytes_of(chat(answer=f"Do use {key}.")))

    (said,) = says(check, "--rules", "secret")
    assert said.endswith(f"rotate it: it is in git's history since {first[:9]}")
    assert says(check, "--rules", "secret", "--changed") == [said]
    tree.commit("still")
    assert says(check, "--rules", "secret", f"{base}...HEAD") == [said]


def test_a_secret_that_no_commit_has_is_told_without_one(tree, check):
    tree.put(chat())
    tree.commit()
    tree.put(chat(answer=f"Use {SECRETS['openai project'][0]}."))

    (said,) = says(check, "--rules", "secret")
    assert said.endswith("rotate it, for once committed it stays in the history")


def test_what_was_left_behind_names_the_commit_that_took_the_other_half_away(tree, check):
    (half,) = tree.put(searching(OLD))
    tree.put(going_on(OLD))
    tree.commit("both")
    (tree.top / half).unlink()
    tree.put(searching(NEW))
    taken = tree.commit("one half anew")
    tree.write("README", b"no recording")
    tree.commit("more")

    (said,) = says(check, "--rules", "left-behind")
    assert said == f"its request quotes a call that no recording of its test makes since {taken[:9]}"


def test_an_orphan_names_the_commit_in_which_its_function_went(tree, check):
    source = "def test_other(): pass\n"
    path = "tests/integration/chat/test_chat.py"
    tree.put(chat())
    tree.write(path, f"def test_basic(txt): pass\n{source}".encode())
    tree.commit("both")
    tree.write(path, source.encode())
    gone = tree.commit("one")

    (said,) = says(check, "--rules", "orphan")
    assert said.startswith("its test file has no test_basic any more, since ")
    assert gone.startswith(said.rpartition("since ")[2].partition(",")[0])
