"""The settings under test, with a data folder of their own: no test sees or touches a person's."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django

_FOLDER = Path(tempfile.mkdtemp(prefix="recviewer-tests-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
(_FOLDER / "staticfiles").mkdir()
for _name in [name for name in os.environ if name.startswith("RECVIEWER_")]:
    if _name not in ("RECVIEWER_CORPUS", "RECVIEWER_PULLS", "RECVIEWER_CHROMIUM"):
        del os.environ[_name]
os.environ["RECVIEWER_DATA"] = str(_FOLDER)

# The suite runs on PostgreSQL where TEST_DATABASE_URL names a server. What starts processes of its own stays on SQLite,
# unless it says otherwise: each has a database in its data folder.
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "")

from recviewer.settings import *  # noqa: E402, F403

del os.environ["DATABASE_URL"]

TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "INVALID-VARIABLE"  # noqa: F405

# Passwords of tests are no secrets, and a good hash takes a second each.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Django replaces what sends mail in tests, and wants something to replace.
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}

# A thread that compares with the disk would outlive the test that started it.
REFRESH_IN_BACKGROUND = False
