"""What is wrong with an instance: with its settings, its files, or its responses."""

from __future__ import annotations

import http.client
import json
import stat
import subprocess
import sys

from recviewer.several.plan import BadPlan, NamedInstance, SeveralFile, host_of
from recviewer.several.running import running
from recviewer.several.surroundings import account_of, key_of, variables_of

SECONDS = 10
_ANSWER_BYTES = 10_000
_FRAME = ("System check", "WARNINGS:", "ERRORS:")
"""Django's own text around the messages of a check."""


def troubles(plan: SeveralFile, one: NamedInstance) -> list[str]:
    """Return sentences on what is wrong with an instance, none if all is well. Also queries the instance if it runs."""
    home = plan.home(one.name)
    try:
        account = account_of(plan, one.account)
        if not home.is_dir():
            return [f"{home} is not there yet: recviewer several prepare."]
        key_of(plan, one.name)
    except (BadPlan, OSError) as bad:
        return [f"{bad}."]
    found = []
    info = home.stat()
    if info.st_uid != account.user:
        found.append(f"{home} belongs to account {info.st_uid}, and not to {one.account}.")
    if stat.S_IMODE(info.st_mode) & 0o077:
        found.append(f"{home} can be read by others: chmod 700 {home}")
    key = plan.key_place(one.name).stat()
    if stat.S_IMODE(key.st_mode) & 0o077:
        found.append(f"{plan.key_place(one.name)} can be read by others: chmod 600 {plan.key_place(one.name)}")
    return found or [*_settings(plan, one), *(_answer(plan, one) if running(plan) else [])]


def _settings(plan: SeveralFile, one: NamedInstance) -> list[str]:
    """Return the messages of Django's check, and of the check of variables, on the settings."""
    account = account_of(plan, one.account)
    done = subprocess.run(
        [sys.executable, "-m", "recviewer", "check", "--deploy"],
        cwd=plan.home(one.name),
        env=variables_of(plan, one),
        capture_output=True,
        text=True,
        check=False,
        **account.popen,
    )
    lines = [line.removeprefix("?: ") for line in done.stderr.splitlines() if line.strip()]
    found = [line for line in lines if not line.startswith(_FRAME)]
    return found or (["Its settings cannot be read."] if done.returncode else [])


def _answer(plan: SeveralFile, one: NamedInstance) -> list[str]:
    """Return what the running instance reports as not ready."""
    server = http.client.HTTPConnection("127.0.0.1", one.port, timeout=SECONDS)
    try:
        server.request("GET", f"/{one.name}/readyz", headers={"Host": host_of(plan.address)})
        answer = server.getresponse()
        document = json.loads(answer.read(_ANSWER_BYTES))
    except (OSError, http.client.HTTPException, ValueError):
        return [f"It does not answer at 127.0.0.1:{one.port}."]
    finally:
        server.close()
    return [
        f"Not ready: {name}." for name in ("database", "recordings", "disk", "index") if document.get(name) is not True
    ]
