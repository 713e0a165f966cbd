import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats import decode as decode_module
from recviewer.formats.decode import DEPTH_LIMIT, Unreadable, decode
from recviewer.formats.reading import read

GOOD = b'{\n  "request": {},\n  "response": {}\n}\n'


def reason_of(data, **how):
    with pytest.raises(Unreadable) as refusal:
        decode(data, **how)
    return str(refusal.value)


def problems_of(data):
    return [problem.what for problem in decode(data).problems]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b" \n\t\n", "the file holds only white space"),
        (b"hello", "not JSON: a value was expected in line 1, column 1"),
        (b"{'a': 1}", "not JSON: a key in double quotes was expected in line 1, column 2"),
        (b'{"a" 1}', "not JSON: a colon was expected behind a key in line 1, column 6"),
        (b'{"a": 1 "b": 2}', "not JSON: a comma or a closing bracket was expected in line 1, column 9"),
        (b'{"a": 1}\n{"b": 2}\n', "not JSON: more text after the end in line 2, column 1"),
        (b'{"a": "x\ny"}', "not JSON: a line break or control character inside a string in line 1, column 9"),
        (b'{"a": "\\q"}', "not JSON: an unknown escape in a string in line 1, column 8"),
        (b'{"a": [1,\n', "cut off in the middle: the text ends in line 1"),
        (b'{"a": "ends her', "cut off in the middle: the text ends in line 1"),
        (b'{"a": "\xc3', "cut off in the middle: the text ends in line 1"),
        (b'{"a": "\xff"}', "not UTF-8 text: byte 0xff at offset 7"),
        ('{"a": 1}'.encode("utf-16"), "UTF-16 text, where UTF-8 was expected: save it as UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "a binary file, not JSON text"),
        (
            b'{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> theirs\n}\n',
            "merge conflict markers: the file was committed or left in the middle of a merge",
        ),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
            "a git-lfs pointer: the content was not fetched (run `git lfs pull`)",
        ),
    ],
)
def test_reason_is_a_sentence_a_person_understands(data, reason):
    assert reason_of(data) == reason
    assert reason_of(data, exact=True) == reason


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("depth", [DEPTH_LIMIT + 1, 255, 600, 1030, 100_000])
def test_deep_nesting_is_refused(opening, depth):
    data = opening * depth + b"1" + (b"]" if opening == b"[" else b"}") * depth

    assert reason_of(data) == f"nested deeper than {DEPTH_LIMIT} levels"


def test_deep_nesting_is_refused_also_where_the_text_is_not_json():
    assert reason_of(b"[" * 100_000) == f"nested deeper than {DEPTH_LIMIT} levels"


@pytest.mark.parametrize("exact", [True, False])
def test_nesting_up_to_the_limit_is_read(exact):
    data = b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT

    assert decode(data, exact=exact).problems == ()


def test_brackets_inside_strings_do_not_nest():
    data = json.dumps({"a": '[{"' * 500}).encode()

    assert decode(data).document == {"a": '[{"' * 500}


@settings(max_examples=60)
@given(st.data())
def test_beginning_of_a_recording_is_cut_off(case_files, data):
    text = data.draw(st.sampled_from(case_files)).read_bytes()
    end = data.draw(st.integers(1, len(text.rstrip()) - 1))

    assert reason_of(text[:end]).startswith("cut off in the middle: the text ends in line ")


@pytest.mark.parametrize(
    "rest", [b"t", b"fals", b"nul", b"-", b"12.", b"1e", b"1e-", b'"\\', b'"\\u', b'"\\u00e', b'"a\\ud83d', b"[", b"{"]
)
def test_end_inside_a_word_is_cut_off(rest):
    assert reason_of(b'{"a": ' + rest).startswith("cut off in the middle")


def test_byte_order_mark_is_named_and_passed_over():
    assert problems_of(b"\xef\xbb\xbf" + GOOD) == ["starts with a byte order mark"]


def test_carriage_returns_are_named():
    assert problems_of(GOOD.replace(b"\n", b"\r\n")) == ["has carriage returns (CRLF line ends)"]


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1, "a": 2}',
        b'{\n  "a": 1,\n  "a": 2\n}\n',
        b'{\n  "b": {"a": 1, "a": 2}\n}\n',
        b'{"a": 1, "a" : 2}',
        b'{"a":1,"a":2,"b" :2}',
        b'{"a": 1, "a": 2, "b":"\\u0022:"}',
        b'{"a":1,"a":"\\u0022:"}',
        b'{"a":1,"\\u0061":2}',
        b'{\n  "a": 1,\n  "a": 2,\n  "b": "\\u00e9"\n}\n',
        b'{\n  "a": 1,\n  "\\u0061": 2,\n  "b": "\\u00e9"\n}\n',
    ],
)
def test_key_given_twice_is_named_and_the_last_counts(data):
    read = decode(data)

    assert [problem.what for problem in read.problems] == [
        'keys given twice, the last one counts: a; before it stood "a": 1'
    ]
    assert read.document == json.loads(data)


@pytest.mark.parametrize("value", ['"a\\": 1, \\"a\\": 2"', '"say \\"x\\" : y"', '"\\u0022:"', '"\\u0020:"'])
def test_colons_inside_strings_are_no_keys(value):
    assert problems_of(f'{{"a": {value}}}'.encode()) == []


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_does_not_have_are_named(name):
    read = decode(f'{{"a": [{name}]}}'.encode())

    assert [problem.what for problem in read.problems] == [f"numbers that JSON does not have: {name}"]
    assert str(read.document["a"][0]) == name


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize(
    "digits",
    [
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775808",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "123456789012345678901234567890",
        "-" + "7" * 4000,
    ],
)
@pytest.mark.parametrize("template", ['{"a": %s}', '{\n  "a": %s\n}\n', '{"a":[0.1234567890123456789,%s]}'])
def test_integer_is_exact(digits, template, exact):
    value = decode((template % digits).encode(), exact=exact).document["a"]

    assert (value if isinstance(value, int) else value[1]) == int(digits)


@pytest.mark.parametrize("exact", [True, False])
def test_number_of_ten_thousand_digits_keeps_its_text(exact):
    assert str(decode(b'{"a": %s}' % (b"7" * 10_000), exact=exact).document["a"]) == "7" * 10_000


@pytest.mark.parametrize("text", ["1.10", "1e-5", "0.30000000000000000000004", "-0.0", "1E400", "-1e999999", "1e-400"])
def test_float_keeps_its_source_text_in_exact_mode(text):
    assert str(decode(f'{{"a": {text}}}'.encode(), exact=True).document["a"]) == text


@pytest.mark.parametrize("text", ["1E400", "-1e999999"])
def test_float_beyond_all_floats_keeps_its_text_in_either_mode(text):
    assert str(decode(f'{{"a": {text}}}'.encode()).document["a"]) == text


@pytest.mark.parametrize("data", [b'{"a": "x\\ud800y"}', b'{"\\udfff": {"a": ["\\ud800"]}}'])
def test_lone_surrogate_is_named_and_can_be_stored(data):
    read = decode(data)

    assert [problem.what for problem in read.problems] == ["half of a surrogate pair stands alone in a string"]
    json.dumps(read.document, ensure_ascii=False).encode()


def test_lone_surrogate_is_not_taken_for_its_escape_spelled_out():
    half, spelled = decode(b'{"a": "x\\ud83ey"}').document, decode(b'{"a": "x\\\\ud83ey"}').document

    assert (half, spelled) == ({"a": "x\ufffd\\ud83ey"}, {"a": "x\\ud83ey"})


def test_character_cut_in_two_between_elements_is_joined():
    halves = ["A \\ud83e", "\\udd8a B"]
    body = ", ".join(f'{{"choices": [{{"index": 0, "delta": {{"content": "{half}"}}}}]}}' for half in halves)
    read = decode(f'{{"response": {{"body": [{body}]}}}}'.encode())

    assert [item["choices"][0]["delta"]["content"] for item in read.document["response"]["body"]] == ["A 🦊", " B"]
    assert read.problems == ()


def test_surrogate_pair_is_no_problem():
    assert decode(b'{"a": "\\ud83d\\ude00"}').document == {"a": "\N{GRINNING FACE}"}


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data):
    with contextlib.suppress(Unreadable):
        assert decode(data).document is not Ellipsis


@settings(max_examples=40)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=12,
    )
)
def test_both_decoders_agree(value):
    data = json.dumps(value).encode()

    assert decode(data).document == decode(data, exact=True).document == json.loads(json.dumps(value))


def recorded(value):
    """A file as recorders write it: letters beyond ASCII by their numbers."""
    return json.dumps(value, indent=2).encode() + b"\n"


@pytest.mark.slow
@settings(max_examples=60)
@given(
    st.dictionaries(
        st.text(), st.text() | st.lists(st.text(alphabet='é😀\x1f\x7f\\u0a"\u2028'), min_size=1), min_size=1
    )
)
def test_letters_written_by_their_numbers_are_read_as_they_are(value):
    assert decode(recorded(value)).document == value


@pytest.mark.parametrize(
    ("text", "is_settled"),
    [
        ("é", True),
        ("😀 and é", True),
        ("\\u00e9 spelled out, and é", True),
        ("\\\\é", True),
        ("é" * (decode_module.ESCAPES_MOST + 1), False),
        ("é\x1f", False),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_what_is_written_again_settles_letters_written_by_their_numbers(text, is_settled, monkeypatch):
    monkeypatch.setattr(decode_module, "_has_long_integer", lambda data: pytest.fail("was not settled"))
    data = recorded({"request": text})

    if is_settled:
        assert decode(data).document == {"request": text}
    else:
        with pytest.raises(pytest.fail.Exception):
            decode(data)


@pytest.mark.parametrize(
    "number", ["0.1", "1.0", "1e-5", "1e-05", "1E5", "0.10", "1.10e2", "1e16", "-0.0", "123456789.123456789"]
)
def test_exact_floats_print_as_written_also_in_files_written_as_recorded(number):
    data = b'{\n  "value": ' + number.encode() + b"\n}\n"

    assert str(decode(data, exact=True).document["value"]) == number


def test_a_long_number_as_the_code_of_an_error_means_the_same_in_both_modes():
    data = json.dumps({"response": {"body": {"error": {"message": "Slow down", "code": 7}}}, "request": {}})
    data = data.replace("7", f"0.{'1' * 300}").encode()

    assert fingerprint(read(data).exchange) == fingerprint(read(data, exact=True).exchange)
