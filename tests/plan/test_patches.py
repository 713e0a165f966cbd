"""What git itself says to our patches and lists."""

import base64
import os
import subprocess
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recviewer.catalog import content
from recviewer.plan import patches
from recviewer.plan.patches import creation, deletion, pathspec, quoted
from recviewer.store.files import blob_id
from tests.plan.repositories import git
from tests.secrets.planting import SECRETS

NAMES = [
    b"tests/recordings/one.json",
    b"with space/a b.json",
    b'qu"ote\\back.json',
    b"new\nline\tand\rtabs.json",
    "日本/ü.json".encode(),
    b"not-utf8-\xff.json",
    b"[a]*?.json",
    b"a.json",
    b":colon.json",
    b"-dash.json",
]
CONTENTS = [b"{}\n", b"{}", b"", b"\n", b"a\n\nb", b"a\r\nb\r\n", b"nul\0 byte\nmore", b"\xff\xfe\n", b"-- \n+x\n\\ n"]


@pytest.fixture
def work_tree(tmp_path):
    git(tmp_path, "init", "-q")
    for number, name in enumerate(NAMES):
        place = bytes(tmp_path) + b"/" + name
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(CONTENTS[number % len(CONTENTS)])
    (tmp_path / "a.json").chmod(0o755)
    (tmp_path / "stays.json").write_text("{}")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "all")
    return tmp_path


def contents(folder, name):
    with open(bytes(folder) + b"/" + name, "rb") as file:
        return file.read()


def test_secrets_are_in_no_patch_and_git_applies_it_all_the_same(work_tree):
    text, secret = SECRETS["openai project"]
    data = b'{"key": "' + text.encode() + b'"}\n'
    (work_tree / "keys.json").write_bytes(data)
    git(work_tree, "add", "-A")
    git(work_tree, "commit", "-qm", "keys")
    gone = deletion(b"keys.json", data, blob=blob_id(data))

    assert secret.encode() not in gone
    (work_tree / "keys.json").write_bytes(data + b" ")
    with pytest.raises(subprocess.CalledProcessError):
        git(work_tree, "apply", "--check", "-", input=gone)
    (work_tree / "keys.json").write_bytes(data)
    git(work_tree, "apply", "--index", "-", input=gone)
    assert b"keys.json" not in tracked(work_tree)
    back = creation(b"keys.json", data, blob=blob_id(data))
    assert secret.encode() not in back
    git(work_tree, "apply", "--index", "-", input=back)
    assert contents(work_tree, b"keys.json") == data


def test_what_holds_very_much_is_not_looked_through_and_git_applies_it_all_the_same(work_tree, monkeypatch):
    data = b'{"key": "much"}\n'
    (work_tree / "much.json").write_bytes(data)
    git(work_tree, "add", "-A")
    git(work_tree, "commit", "-qm", "much")
    monkeypatch.setattr(content, "EFFORT_LIMIT", 0)
    monkeypatch.setattr(patches, "shown", lambda _: pytest.fail("was masked"))

    for patch in (deletion(b"much.json", data, blob=blob_id(data)), creation(b"much.json", data, blob=blob_id(data))):
        assert b'much"' not in patch
        git(work_tree, "apply", "--index", "-", input=patch)
    assert contents(work_tree, b"much.json") == data


def tracked(folder):
    return set(git(folder, "ls-files", "-z").split(b"\0")) - {b""}


def test_git_applies_the_patch(work_tree):
    made = b"".join(
        deletion(
            name,
            contents(work_tree, name),
            blob=blob_id(contents(work_tree, name)),
            mode="100755" if name == b"a.json" else "100644",
        )
        for name in NAMES
    )

    git(work_tree, "apply", "--check", "-", input=made)
    git(work_tree, "apply", "--index", "-", input=made)

    assert tracked(work_tree) == {b"stays.json"}
    assert [place.name for place in work_tree.iterdir() if place.is_file()] == ["stays.json"]


@pytest.mark.parametrize("name", NAMES)
def test_git_reads_the_mode_and_the_name(work_tree, name):
    data = contents(work_tree, name)
    made = deletion(name, data, blob=blob_id(data), mode="100755" if name == b"a.json" else "100644")

    told = git(work_tree, "apply", "--summary", "--check", "-", input=made)

    assert told.startswith(b" delete mode 100755" if name == b"a.json" else b" delete mode 100644")


def test_a_changed_file_is_not_deleted(work_tree):
    data = contents(work_tree, b"a.json")
    made = deletion(b"a.json", data + b"more", blob=blob_id(data))

    with pytest.raises(subprocess.CalledProcessError):
        git(work_tree, "apply", "--check", "-", input=made)


TOUCHY = [b" \n", b"a \nb\n", b"a\t", b" \ta\n", b"a\n\n", b"\r", bytes(range(256)) * 300, b"x" * 1_000_000 + b"\n"]


@pytest.fixture(params=["nowarn", "fix", "error-all"])
def strict(request, tmp_path):
    """An empty repository whose settings say what to do about white space."""
    git(tmp_path, "init", "-q")
    git(tmp_path, "config", "apply.whitespace", request.param)
    git(tmp_path, "config", "core.whitespace", "trailing-space,space-before-tab")
    return tmp_path


def test_git_creates_what_was_there_byte_for_byte(strict):
    files = {name: (CONTENTS * 2)[number] for number, name in enumerate(NAMES)}
    files |= {b"touchy/%d.json" % number: data for number, data in enumerate(TOUCHY)}
    modes = {b"a.json": "100755", b"-dash.json": "120000"}
    made = b"".join(
        creation(name, data, blob=blob_id(data), mode=modes.get(name, "100644")) for name, data in sorted(files.items())
    )

    git(strict, "apply", "--check", "-", input=made)
    git(strict, "apply", "--index", "-", input=made)

    listed = git(strict, "ls-files", "-s", "-z").split(b"\0")[:-1]
    expected = {name: (modes.get(name, "100644"), blob_id(data)) for name, data in files.items()}
    assert {
        entry.split(b"\t", 1)[1]: tuple(entry.decode("utf-8", "replace").split(" ")[:2]) for entry in listed
    } == expected
    assert contents(strict, b"touchy/6.json") == TOUCHY[6]


def test_a_file_that_is_there_is_not_overwritten(work_tree):
    made = creation(b"a.json", b"{}\n", blob=blob_id(b"{}\n"))

    with pytest.raises(subprocess.CalledProcessError):
        git(work_tree, "apply", "--check", "-", input=made)


@given(data=st.binary(max_size=400))
def test_what_is_no_plain_text_is_deflated_whole(data):
    made = creation(b"a", b"\0" + data, blob=blob_id(b"\0" + data))

    head, *lines = made.partition(b"GIT binary patch\n")[2].partition(b"\n\n")[0].split(b"\n")
    assert head == b"literal %d" % (len(data) + 1)
    lengths = [line[0] - (ord("A") - 1 if line[0] < ord("a") else ord("a") - 27) for line in lines]
    packed = [base64.b85decode(line[1:])[:length] for line, length in zip(lines, lengths, strict=True)]
    assert zlib.decompress(b"".join(packed)) == b"\0" + data


@pytest.mark.parametrize("null", [False, True])
@pytest.mark.parametrize("gone", [NAMES, NAMES[:4], [b"[a]*?.json"], [b":colon.json", b"-dash.json"]])
def test_git_removes_what_is_listed_and_nothing_else(work_tree, gone, null):
    made = b"".join(pathspec(name, null=null) for name in gone)

    words = ["--pathspec-file-nul"] if null else []
    git(work_tree, "rm", "-q", "--pathspec-from-file=-", *words, input=made)

    assert tracked(work_tree) == {*NAMES, b"stays.json"} - set(gone)


@example(data=b"\\ No newline at end of file\n", name=b"")
@example(data=b"", name=b"@@ ")
@example(data=b"\n\n", name=b"")
@given(data=st.binary(max_size=200), name=st.binary(max_size=40).filter(lambda name: b"\0" not in name))
def test_every_byte_is_in_the_patch(data, name):
    made = deletion(name, data, blob=blob_id(data))

    body = made.partition(b"\n@@ ")[2].partition(b"\n")[2]
    no_end = b"\n\\ No newline at end of file\n"
    assert body.endswith(no_end) is (bool(data) and not data.endswith(b"\n"))
    lines = body.removesuffix(no_end).removesuffix(b"\n").split(b"\n") if body else []
    assert b"\n".join(line[1:] for line in lines) == data.removesuffix(b"\n")
    assert quoted(name).isascii()
    assert b"\n" not in quoted(name)
