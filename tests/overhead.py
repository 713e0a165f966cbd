"""What thousands of small tests need not pay for, each time: fixtures without work, and reports that say nothing.

A pytest plugin, loaded by `conftest.py`. It leaves out only what would do nothing; no test runs or fails otherwise.
"""

import pytest
from _pytest.runner import runtestprotocol
from django.core import mail

FOR_MARKS = {
    "_django_db_marker": ("django_db",),
    "_django_isolate_apps": ("django_isolate_apps",),
    "_django_set_urlconf": ("urls",),
    "_template_string_if_invalid_marker": ("ignore_template_errors",),
}
"""Fixtures of pytest-django that every test has, and the marks without which they do nothing."""
FOR_FIXTURES = {"_live_server_helper": ("live_server",)}
"""Those that do nothing but for tests with one of these fixtures."""
FOR_MAIL = "_dj_autoclear_mailbox"
"""The one that empties the list of sent mails, as `pytest_runtest_setup` does here without a fixture."""
FOR_CLASSES = "_django_setup_unittest"
"""The one that does nothing but for methods of a class."""
FOR_SITES = "_django_clear_site_cache"
"""The one that does nothing without `django.contrib.sites`, which is not installed."""


@pytest.hookimpl(trylast=True)
def pytest_itemcollected(item):
    """Take fixtures of pytest-django from the tests for which they do nothing: each costs a fifth of a millisecond."""
    idle = {name for name, marks in FOR_MARKS.items() if not any(map(item.get_closest_marker, marks))}
    idle.update(name for name, asked in FOR_FIXTURES.items() if not {*asked}.intersection(item.fixturenames))
    idle.add(FOR_SITES)
    if "mailoutbox" not in item.fixturenames:
        idle.add(FOR_MAIL)
    if item.cls is None:
        idle.add(FOR_CLASSES)
    item.fixturenames[:] = [name for name in item.fixturenames if name not in idle]


def pytest_runtest_setup():
    """Empty the list of sent mails."""
    getattr(mail, "outbox", []).clear()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    """In a worker of xdist, report of a test that passed only that: three messages of seven are left.

    The process that collects the reports takes as long for each message as a small test takes. Where somebody asks
    how long tests took, all are reported.
    """
    config = item.config
    if not hasattr(config, "workerinput") or config.option.durations is not None or config.option.xmlpath:
        return None
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed or report.sections:
            item.ihook.pytest_runtest_logreport(report=report)
    return True
