from django.core.management import get_commands


def test_our_runserver_is_the_one_that_runs():
    assert get_commands()["runserver"] == "recviewer.commands"
