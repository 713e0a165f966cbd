"""What each instance has to itself: its folder, its key, its account, and the variables that its processes see."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import pwd
import secrets
import stat
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recviewer.several.plan import BadPlan, NamedInstance, SeveralFile, host_of, is_root, origin_of

DESK = "desk"
_SAFE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a process."""

    user: int
    group: int

    @property
    def popen(self) -> dict[str, Any]:
        """The arguments for subprocess: none if it is the present account."""
        if self.user == os.geteuid():
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}


def account_of(plan: SeveralFile, name: str) -> Account:
    """Return the account by its name. Raises BadPlan if it does not exist, or if we may not use it."""
    if plan.is_one_account:
        return Account(os.geteuid(), os.getegid())
    if name.isdecimal():
        found = Account(int(name), int(name))
    else:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            raise BadPlan(
                f"there is no account {name}: useradd --system --no-create-home --shell /usr/sbin/nologin {name}"
            ) from None
        found = Account(entry.pw_uid, entry.pw_gid)
    if not is_root() and found.user != os.geteuid():
        raise BadPlan(
            f"processes of {name} can only be started by root. With one_account = true in the file all run as you, "
            "and whoever takes one of them over reads what belongs to all"
        )
    if found.user == 0:
        raise BadPlan(f"{name} is root")
    return found


def make_places(plan: SeveralFile, instance: NamedInstance) -> None:
    """Create the folder and the key of an instance if they are missing. Raises BadPlan, OSError."""
    account = account_of(plan, instance.account)
    plan.folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    home = plan.home(instance.name)
    home.mkdir(mode=0o700, exist_ok=True)
    if home.stat().st_uid == os.geteuid() != account.user:  # just created by us
        os.chown(home, account.user, account.group)
    if stat.S_IMODE(home.stat().st_mode) & 0o077:
        os.chmod(home, 0o700)
    key_of(plan, instance.name)


def key_of(plan: SeveralFile, name: str) -> str:
    """Return the secret key of an instance, which is created when it is first needed. Raises BadPlan, OSError."""
    place = plan.key_place(name)
    with contextlib.suppress(FileExistsError):
        made = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(made, "w") as file:
            file.write(secrets.token_urlsafe(48))
    opened = os.open(place, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(opened) as file:
        key = file.read(1000).strip()
    if len(key) < 50:
        raise BadPlan(f"{place} holds no key: remove it, and a new one is made")
    return key


def derived(key: str, purpose: str) -> str:
    """Return a secret for one purpose, from which the key cannot be derived."""
    return hmac.new(key.encode(), f"recviewer several {purpose}".encode(), hashlib.sha256).hexdigest()


def variables_of(plan: SeveralFile, instance: NamedInstance) -> dict[str, str]:
    """Return all variables for the processes of an instance. Nothing is inherited. Raises BadPlan."""
    home, key = plan.home(instance.name), key_of(plan, instance.name)
    data = home / "data"
    made = _plain(home)
    made |= {"RECVIEWER_PROXY": "1", "RECVIEWER_METRICS_TOKEN": derived(key, "metrics")}
    if not instance.variables.get("RECVIEWER_REPO") and not instance.variables.get("RECVIEWER_RECORDINGS"):
        made["RECVIEWER_REPO"] = str(mirror_of(plan, instance.name))
    made |= instance.variables
    made |= {
        "RECVIEWER_ALLOWED_HOSTS": host_of(plan.address),
        "RECVIEWER_DATA": str(data),
        "RECVIEWER_DESK_KEY": derived(key, DESK),
        "RECVIEWER_HOSTED": "1",
        "RECVIEWER_PUBLIC_URL": plan.url(instance.name),
        "RECVIEWER_SECRET_KEY": key,
        "RECVIEWER_TRUSTED_ORIGINS": origin_of(plan.address),
    }
    return made


def mirror_of(plan: SeveralFile, name: str) -> Path:
    """Return the path of the mirror of an instance that names neither a repository nor recordings."""
    return plan.home(name) / "project.git"


def variables_of_desk(plan: SeveralFile) -> dict[str, str]:
    """Return all variables of the page at the top: where each instance is queried, and with which secret.

    Raises BadPlan.
    """
    instances = [
        {
            "name": one.name,
            "title": one.title,
            "url": f"{plan.url(one.name)}/",
            "port": one.port,
            "is_listed": one.is_listed,
            "key": derived(key_of(plan, one.name), DESK),
        }
        for one in plan.instances
    ]
    made = _plain(Path("/nonexistent"))
    common = plan.instances[0].variables
    made |= {name: common[name] for name in ("PYTHONPATH", "PYTHONPYCACHEPREFIX", "RECVIEWER_TLS") if name in common}
    made["RECVIEWER_DESK"] = json.dumps({"address": plan.address, "instances": instances})
    return made | {"DJANGO_SETTINGS_MODULE": "recviewer.several.desk_settings"}


def _plain(home: Path) -> dict[str, str]:
    path = os.pathsep.join([os.path.dirname(sys.executable), _SAFE_PATH])
    return {"PATH": path, "HOME": str(home), "LANG": "C.UTF-8", "DJANGO_SETTINGS_MODULE": "recviewer.settings"}
