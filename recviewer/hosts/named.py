"""The code host in the environment variables."""

from __future__ import annotations

from recviewer.configuration import env
from recviewer.hosts import configured
from recviewer.hosts.contract import RecordRun


def from_environment(*, fetches: bool, public_url: str) -> configured.ConfiguredHost:
    """Return the host in RECVIEWER_HOST. Raises env.BadEnvironment.

    fetches: whether RECVIEWER_FETCH_FROM is set. public_url: the URL of this instance.
    """
    kind = env.choice("RECVIEWER_HOST", "", among=configured.KINDS)
    for name, is_there in (("RECVIEWER_FETCH_FROM", fetches), ("RECVIEWER_PUBLIC_URL", public_url)):
        if not is_there:
            raise env.BadEnvironment(name, "", "RECVIEWER_HOST needs it")
    app = env.checked("RECVIEWER_HOST_APP", configured.app) if kind == "GITHUB" else None
    key = env.needed("RECVIEWER_HOST_APP_KEY", lambda place: configured.app_key(app or "", place)) if app else None
    return configured.ConfiguredHost(
        kind,
        env.needed("RECVIEWER_HOST_PROJECT", configured.project),
        env.checked("RECVIEWER_HOST_API", configured.api) or configured.APIS.get(kind)
        or env.needed("RECVIEWER_HOST_API", configured.api),
        env.number("RECVIEWER_HOST_SECONDS", 300, least=10),
        "" if key else env.needed("RECVIEWER_HOST_TOKEN", env.secret),
        env.checked("RECVIEWER_HOOK_SECRET", env.secret) or "",
        key,
        env.flag("RECVIEWER_PUSH_PLANS"),
        _record(kind),
    )  # fmt: skip


def _record(kind: str) -> RecordRun | None:
    """Return what is started to re-record tests, None for nothing."""
    ref = env.checked("RECVIEWER_RECORD_REF", configured.branch)
    if ref is None or kind == "GITLAB":
        return RecordRun(ref) if ref else None
    return RecordRun(ref, env.needed("RECVIEWER_RECORD_WORKFLOW", configured.workflow, by="RECVIEWER_RECORD_REF"))
