import json
import sys

import pytest

from recviewer.exchange import hidden, plain


@pytest.mark.slow
def test_a_terminal_shows_whatever_a_page_shows():
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    shown = {sign for sign in every if hidden.RUN.fullmatch(sign)}

    assert shown == {sign for sign in every if plain.safe(sign) != sign}
    assert {"\x1b", "\u202e", "\u034f", "\u2028", "\U000e0041", "\u200d", "\xad"} <= shown
    assert not {"\n", "\t", " ", "\xa0", "é", "字"} & shown


@pytest.mark.parametrize("sign", ["\x1b", "\u202e", "\u034f", "\u200d", "\U000e0041"])
def test_json_has_them_as_escapes_that_read_back(sign):
    said = plain.dumps({"a": f"x{sign}y"})

    assert said.isascii()
    assert json.loads(said) == {"a": f"x{sign}y"}


def test_json_leaves_half_characters_to_whoever_writes_it():
    assert plain.escaped('"\udcff"') == '"\udcff"'
