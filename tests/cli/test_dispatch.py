import errno
import os

import pytest
from django.core import management

from recviewer.cli import dispatch


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_what_cannot_be_printed_any_more_is_a_sentence(monkeypatch, capsys, number):
    def full(arguments):
        raise OSError(number, os.strerror(number))

    ended = []
    monkeypatch.setattr(management.ManagementUtility, "execute", full)
    monkeypatch.setattr(dispatch, "_print_no_more", lambda: ended.append(True))

    with pytest.raises(SystemExit) as left:
        dispatch.main(["show", "x.json"])

    assert (left.value.code, ended) == (2, [True])
    assert os.strerror(number) in capsys.readouterr().err


def test_another_error_of_the_system_is_a_fault_that_is_told_whole(monkeypatch):
    def broken(arguments):
        raise OSError(errno.EBADF, "x")

    monkeypatch.setattr(management.ManagementUtility, "execute", broken)

    with pytest.raises(OSError, match="x"):
        dispatch.main(["show", "x.json"])
