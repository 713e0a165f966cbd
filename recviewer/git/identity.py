"""The user name configured in git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def user_name(folder: Path) -> str:
    """Return `user.name` as git finds it in a folder, "" if it is not set or git cannot be called.

    Only the configuration is read, including the machine's and the user's; no pager, prompt or hook can run.
    """
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        asked = subprocess.run(
            ["git", "--no-pager", "config", "--get", "user.name"],  # noqa: S607 - the git of the user's own PATH
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=5,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return asked.stdout.decode("utf-8", "replace") if asked.returncode == 0 else ""
