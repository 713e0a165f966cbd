"""What a look at the disk costs where nothing changed is mostly what it imports."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_nothing_that_reads_is_imported_before_there_is_something_to_read():
    code = "import django; django.setup(); import sys; from recviewer.catalog import indexer; print(*sys.modules)"
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)

    imported = {name for name in done.stdout.split() if name.startswith("recviewer.")}
    assert "recviewer.catalog.indexer" in imported
    assert not imported & {"recviewer.formats.reading", "recviewer.recorders.reading", "recviewer.secrets.texts"}
    assert "recviewer.catalog.engines.postgresql_text" not in imported  # its patterns take 2 % of Django's start
