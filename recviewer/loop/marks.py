"""Single values of the worker that outlive a process."""

from __future__ import annotations

from datetime import datetime

from recviewer.loop.models import LoopMark

HEEDED = "heeded"
"""Key of the last action of a person that was processed."""

NOTICED = "noticed"
"""Key of the next action of a person that is searched for names."""

PAUSED = "paused"
"""Until when the host wants no requests."""

ALIVE = "alive"
"""When the worker last reported that it is alive."""


def number(name: str) -> int:
    """Return a number, 0 if there is none."""
    text = _text(name)
    return int(text) if text.isdecimal() else 0


def time(name: str) -> datetime | None:
    """Return a time, None if there is none."""
    text = _text(name)
    return datetime.fromisoformat(text) if text else None


def put(name: str, value: datetime | int) -> None:
    """Store a value."""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    LoopMark.objects.update_or_create(name=name, defaults={"text": text})


def drop(name: str) -> None:
    """Delete a value."""
    LoopMark.objects.filter(name=name).delete()


def _text(name: str) -> str:
    found = LoopMark.objects.filter(name=name).values_list("text", flat=True).first()
    return found or ""
