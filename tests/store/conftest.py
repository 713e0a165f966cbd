import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest

NOBODY = 65534


@pytest.fixture
def open_path():
    """A directory that every user can reach; tmp_path is closed to the one that `unprivileged` becomes."""
    made = Path(os.path.realpath(tempfile.mkdtemp()))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def unprivileged():
    """Return a context in which permissions count even where the tests run as root."""

    @contextlib.contextmanager
    def without_privileges():
        if os.geteuid():
            yield
            return
        os.seteuid(NOBODY)
        try:
            yield
        finally:
            os.seteuid(0)

    return without_privileges
