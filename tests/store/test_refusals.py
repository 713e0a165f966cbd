import errno
import os
from pathlib import Path

import pytest

from recviewer.store.refusals import CannotRead, Changed, NoRoot, NotWritable, OutsideRoot, Refusal, why


def test_a_known_error_is_told_in_plain_words():
    assert why(OSError(errno.ENOSPC, "No space left on device")) == "the disk is full"


def test_an_unknown_error_is_told_in_the_words_of_the_system():
    assert why(OSError(errno.EBUSY, os.strerror(errno.EBUSY))).startswith("the system says: ")


def test_paths_in_sentences_show_what_does_not_print():
    refusal = CannotRead(b"a\n\xff\xe2\x80\xae.json", "it is odd")

    assert str(refusal) == r"a\n\xff\u202e.json cannot be read: it is odd."


@pytest.mark.parametrize(
    "refusal",
    [
        OutsideRoot(b"", "a component is empty"),
        NoRoot(Path("/nowhere"), "it does not exist"),
        NotWritable(Path("/nowhere"), "the disk is full"),
        Changed(b"a.json", "1" * 40, "2" * 40),
        Changed(b"a.json", "1" * 40, ""),
    ],
)
def test_every_refusal_is_a_sentence(refusal):
    assert isinstance(refusal, Refusal)
    assert str(refusal).endswith(".")
    assert "  " not in str(refusal)
