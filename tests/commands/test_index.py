import pytest
from django.core.management import CommandError, call_command

from recviewer.catalog import run_lock
from recviewer.catalog.models import Recording

pytestmark = pytest.mark.django_db


def test_run_is_summed_up_in_one_line(put, capsys):
    put()
    put("tests/recordings/bad.json", b"")

    call_command("index")

    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("Indexed in ")
    assert line.endswith(": 2 added, 1 unreadable.")


def test_second_run_finds_nothing_new(put, capsys):
    put()
    call_command("index")
    capsys.readouterr()

    call_command("index")

    assert capsys.readouterr().out.endswith(": 1 unchanged.\n")


def test_full_run_reads_everything(put, capsys):
    put()
    call_command("index")
    call_command("index", full=True)

    assert capsys.readouterr().out.endswith(": 1 changed.\n")


def test_empty_tree_is_said(root, capsys):
    call_command("index")

    assert capsys.readouterr().out.endswith(": no recordings.\n")


def test_run_while_another_is_under_way_is_refused(put):
    put()
    with run_lock.only_run(), pytest.raises(CommandError, match="under way: process") as failure:
        call_command("index")

    assert failure.value.returncode == 2
    assert Recording.objects.count() == 0
