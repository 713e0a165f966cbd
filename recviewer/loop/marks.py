"""Single values of the loop that outlive a process."""

from __future__ import annotations

from datetime import datetime

from recviewer.loop.models import LoopMark

HEEDED = "heeded"
"""The last act of a person that was looked at."""

NOTICED = "noticed"
"""The next act of a person that is looked at for names."""

PAUSED = "paused"
"""Until when the host wants to be left alone."""

ALIVE = "alive"
"""When the worker last said that it is at work."""


def number(name: str) -> int:
    """Return a value that is a number, 0 where there is none."""
    text = _text(name)
    return int(text) if text.isdecimal() else 0


def time(name: str) -> datetime | None:
    """Return a value that is a time, None where there is none."""
    text = _text(name)
    return datetime.fromisoformat(text) if text else None


def put(name: str, value: datetime | int) -> None:
    """Keep a value."""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    LoopMark.objects.update_or_create(name=name, defaults={"text": text})


def drop(name: str) -> None:
    """Forget a value."""
    LoopMark.objects.filter(name=name).delete()


def _text(name: str) -> str:
    found = LoopMark.objects.filter(name=name).values_list("text", flat=True).first()
    return found or ""
