"""YAML of cassettes: values of the Core schema, places of items, and what is refused."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.formats.decode import effort
from recviewer.recorders.kinds.vcrpy import RECORDER
from recviewer.recorders.yaml_text import DEPTH_LIMIT, BadYaml, _Places, documents


def value_of(text):
    (document,) = documents(text.encode() if isinstance(text, str) else text)
    return document.whole.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2023-06-01", "2023-06-01"),
        ("2025-10-17 13:51:09", "2025-10-17 13:51:09"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("012", 12),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("-1.5e3", -1500.0),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("!!binary aGk=", b"hi"),
        ("!binary aGk=", b"hi"),
        ("=", "="),
        ("<<", "<<"),
    ],
)
def test_scalars_are_those_of_the_core_schema(text, value):
    found = value_of(f"a: {text}\n")["a"]
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("how", ["apply:multidict._multidict", "new:multidict._multidict_py", "new:multidict"])
def test_names_of_headers_as_aiohttp_has_them_are_texts(how):
    text = f"a:\n  ? &1 !!python/object/{how}.istr\n  - Accept\n  : - b\n  Host: *1\n"

    assert value_of(text) == {"a": {"Accept": ["b"], "Host": "Accept"}}


@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object:os.system {}\n",
        "a: !!python/name:os.system\n",
        "a: !!python/object/apply:os.system [ls]\n",
        "a: !!python/object/apply:multidict._multidict.istr []\n",
        "a: !!python/object/apply:multidict._multidict.istr [b, c]\n",
        "a: !!python/object/apply:multidict._multidict.istr [1]\n",
        "a: !!python/object/new:multidict._multidict.istr {args: [b]}\n",
        "a: !!python/object/new:multidict._multidict.CIMultiDict [b]\n",
        "a: !ruby/object:Set {}\n",
        "a: &x [*x, *y]\n",
        "a: 'cut\n",
        "? [a]\n: 1\n",
        "a: !!binary =\n  x\n",
        "[" * (DEPTH_LIMIT + 2),
        "- " * 5000 + "a",
        b"a: \xff\n",
        "a: \x01\n",
    ],
)
def test_what_no_recording_needs_is_refused_with_a_reason(text):
    with pytest.raises(BadYaml) as reason:
        documents(text.encode() if isinstance(text, str) else text)
    assert str(reason.value)


def test_aliases_are_read_and_bombs_are_not():
    assert value_of("a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}
    bomb = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n" + "".join(
        f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 9)
    )
    with pytest.raises(BadYaml, match="values"):
        documents(bomb.encode())


@pytest.mark.parametrize(
    "repeats",
    [
        "x: &x '{text}'\n" + "y: *x\n" * 300,
        "x: &x '{text}'\ny: [" + "*x," * 300 + "]\n",
        "x: &x ['{text}']\ny: &y [*x, *x]\nz: [" + "*y," * 150 + "]\n",
        "x: &x {{a: &y '{text}', b: *y}}\nz: {{" + ",".join(f"h{at}: *x" for at in range(150)) + "}}\n",
    ],
)
def test_few_lines_do_not_stand_for_gigabytes(repeats):
    with pytest.raises(BadYaml, match="repeated by aliases"):
        documents(repeats.format(text="a" * 80_000).encode())
    assert documents(repeats.format(text="a" * 8_000).encode())


def test_what_stands_in_one_line_is_found_in_time_that_grows_with_it(monkeypatch):
    asked = []
    start_of = _Places._start_of
    monkeypatch.setattr(_Places, "_start_of", lambda self, at: asked.append((self._line[0], at)) or start_of(self, at))

    (document,) = documents(b"interactions: [" + b"{a: b}, " * 5_000 + b"]\nversion: 1\n")

    assert len(document.items["interactions"]) == 5_000
    assert sum(at - before if before <= at else at for before, at in asked) < 100_000


@pytest.mark.parametrize("indent", ["", "  "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("letter", ["x", "é", "日本", "\u2028"])
def test_items_stand_where_their_lines_are(indent, end, letter):
    lines = [
        f"# {letter}",
        "interactions:",
        f"{indent}- a: {letter}",
        f"{indent}  b: 2",
        f"{indent}- a: |",
        f"{indent}    {letter}",
    ]
    lines += ["", f"{indent}- c: '{letter}'", "version: 1", ""]
    data = end.join(lines).encode()

    (document,) = documents(data)

    texts = [data[item.start : item.end].decode() for item in document.items["interactions"]]
    assert [text.lstrip().split(":")[0] for text in texts] == ["- a", "- a", "- c"]
    assert "".join(texts) == data.decode().partition(f"interactions:{end}")[2].partition("version")[0]
    for text, item in zip(texts, document.items["interactions"], strict=True):
        (alone,) = documents(text.encode())
        assert alone.items[""][0].value == item.value


def test_documents_stand_where_they_begin():
    data = b"when: 1\nthen: 2\n---\nwhen: 3\n"
    found = documents(data)
    assert [one.whole.value for one in found] == [{"when": 1, "then": 2}, {"when": 3}]
    assert data[found[0].whole.start : found[0].whole.end] == b"when: 1\nthen: 2\n"
    assert data[found[1].whole.start : found[1].whole.end].endswith(b"when: 3\n")


def test_keys_that_stand_twice_are_named():
    (document,) = documents(b"a: 1\nb: {c: 1, c: 2}\n")
    assert document.repeated == ("c, before it stood 1",)


def test_what_an_alias_repeats_is_written_out_once(monkeypatch):
    written = []
    monkeypatch.setattr("recviewer.recorders.yaml_text._short", lambda value: written.append(value) or "long" * 100)

    (document,) = documents(b"a: &a '" + b"x" * 300 + b"'\n" + b"b: *a\n" * 50)

    assert document.repeated == ("b, before it stood " + "long" * 100,)
    assert len(written) == 1


@given(st.text(max_size=40), st.text(max_size=60))
def test_whatever_is_written_is_read_or_refused(one, other):
    with suppress(BadYaml):
        documents(f"interactions:\n- {one}\n  {other}\n".encode("utf-8", "surrogatepass"))


ITEM = """- request: {method: POST, uri: 'https://x.test/%s', headers: {}, body: null}
  response: {status: {code: 200}, headers: {}, body: {string: '%s'}}
"""
ONE, TWO = ITEM % (1, "é"), ITEM % (2, "b")
KEPT = """- request: {method: GET, uri: /3, headers: {}, body: null}
  response:
    body:
      string: |+
        a


"""


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeffinteractions:\n{ONE}{TWO}version: 1\n",
        f"version: 1\ninteractions:\n{ONE}{TWO}",
        f"version: 1\ninteractions:\n{ONE}{TWO}".rstrip("\n"),
        f"# top\ninteractions:\n# one\n{ONE}# two\n\n{TWO}  # end\nversion: 1\n# last\n",
        f"# top\ninteractions:\n# one\n{ONE}# two\n\n{TWO}version: 1\n".replace("\n", "\r\n"),
        f"interactions:\n{KEPT}{KEPT.replace('/3', '/4')}{TWO}version: 1\n",
        f"version: 1\ninteractions:\n{TWO}{KEPT}",
        f"interactions:\n{ONE}{TWO}version: 1\n".replace("- request", "-\n  request"),
        f"---\ninteractions:\n{ONE}{TWO}...\n",
        f"interactions:\n{ONE}   \n \n{TWO}\n\nversion:\t1\n",
    ],
)
def test_each_item_can_be_taken_out_of_an_oddly_written_cassette(text):
    data = text.encode()
    parts = list(RECORDER.parts(data))
    assert RECORDER.recognizes(data)
    assert len(parts) > 1
    for part in parts:
        assert part.decoded is not None
        [alone] = RECORDER.parts(data[part.start : part.end])
        assert alone.decoded == part.decoded
        left = RECORDER.without(data, {part.name})
        assert left == data[: part.start] + data[part.end :]
        assert [one.decoded for one in RECORDER.parts(left)] == [one.decoded for one in parts if one is not part]
        assert RECORDER.recognizes(left)


@pytest.mark.parametrize("one", ["1,", "[],", "~,", "k: 1,", "- - - - - - 1\n"])
def test_many_small_values_count_as_much_work(one):
    """Each is an event of the parser, which takes longer than that of JSON."""
    values = 200_000 // max(1, one.count("-"))
    assert effort(b"a: [" + one.encode() * values) > 8 * 200_000
