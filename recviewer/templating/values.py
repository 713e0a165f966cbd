"""What a template's function asks while it runs: names, what hangs on them, and how a value is written.

All of it gives what `django.template` gives, or raises: then the function asks Django's own node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.base import render_value_in_context
from django.template.context import Context, RequestContext
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.html import conditional_escape
from django.utils.safestring import SafeData, SafeString, mark_safe


class AsksDjango(Exception):
    """A value that Django itself has to look up."""


class NoValue:
    """What stands for a name that there is not."""

    def __bool__(self) -> bool:
        return False


class HardValue:
    """What stands for a value that Django itself has to look up: whatever is asked of it raises AsksDjango."""

    def __bool__(self) -> bool:
        raise AsksDjango


GONE, HARD = NoValue(), HardValue()


def named(dicts: list[Mapping[str, Any]], name: str) -> Any:
    """Return what a name stands for, GONE where it stands for nothing. dicts: of the context, the nearest last."""
    for known in reversed(dicts):
        if name in known:
            found = known[name]
            return HARD if callable(found) else found
    return HARD if hasattr(RequestContext, name) or name in _OWN else GONE


_OWN = frozenset(
    {"autoescape", "dicts", "render_context", "request", "template", "template_name", "use_l10n", "use_tz"}
)
"""What hangs on a context itself; Django finds it there where nothing has that name."""


_plain: dict[type, bool] = {}
"""Whether values of a class have nothing but attributes: no items, and no way of their own to look up attributes."""


def _is_plain(kind: type) -> bool:
    return (
        not hasattr(kind, "__getitem__")
        and not hasattr(kind, "__getattr__")
        and all(getattr(kind, own) is getattr(object, own) for own in ("__getattribute__", "__dir__"))
        and kind not in (NoValue, HardValue)
    )


def at(value: Any, name: str) -> Any:
    """Return what hangs on a value by a name, GONE where nothing does."""
    kind = type(value)
    is_plain = _plain.get(kind)
    if is_plain is None:
        is_plain = _plain[kind] = _is_plain(kind)
    if not is_plain:
        return _item(value, kind, name)
    try:
        found = getattr(value, name)
    except AttributeError:
        if name.isdigit() or any(name in vars(one) for one in kind.__mro__) or name in getattr(value, "__dict__", ()):
            raise AsksDjango from None
        return GONE
    return _called(found) if callable(found) else found


def _item(value: Any, kind: type, name: str) -> Any:
    if kind is NoValue:
        return GONE
    if kind is dict:
        if name not in value:
            raise AsksDjango
        found = value[name]
    elif (kind is tuple or kind is list) and name.isdigit():
        if int(name) >= len(value):
            return GONE
        found = value[int(name)]
    else:
        raise AsksDjango
    return _called(found) if callable(found) else found


def _called(found: Any) -> Any:
    if getattr(found, "do_not_call_in_templates", False):
        return found
    if getattr(found, "alters_data", False):
        raise AsksDjango
    return found()


def given(value: Any) -> Any:
    """Return a value that a condition compares or changes: None for one that there is not."""
    if value is HARD:
        raise AsksDjango
    return None if value is GONE else value


def said(value: Any) -> Any:
    """Return a value that is written or handed on: "" for one that there is not."""
    if value is HARD:
        raise AsksDjango
    return "" if value is GONE else value


def needed(value: Any) -> Any:
    """Return the argument of a filter. Raises AsksDjango where there is none."""
    if value is GONE or value is HARD:
        raise AsksDjango
    return value


def as_written(text: str) -> SafeString:
    """Return a text that stands in a template, where nobody but us writes."""
    return mark_safe(text)  # noqa: S308 - so does Django


def kept_safe(change: Callable[..., Any], value: Any, *given: Any, **named: Any) -> Any:
    """Return what a filter makes of a value; markup that was safe stays so."""
    made = change(value, *given, **named)
    return mark_safe(made) if isinstance(value, SafeData) else made  # noqa: S308 - as Django does for filters that say so


def written(value: Any, context: Context) -> str:
    """Return a value as markup."""
    if type(value) is str:
        return escape(value)
    return str(render_value_in_context(value, context))


class LoopState:
    """What a template knows of the loop it is in. Django has a dictionary of the same names, written anew each time."""

    __slots__ = ("count", "counter0", "parentloop")

    def __init__(self, count: int, parentloop: Any) -> None:
        self.count = count
        self.counter0 = 0
        self.parentloop = parentloop if parentloop is not GONE else {}

    @property
    def counter(self) -> int:
        """The number of this time, from 1."""
        return self.counter0 + 1

    @property
    def revcounter(self) -> int:
        """How many times are left, with this one."""
        return self.count - self.counter0

    @property
    def revcounter0(self) -> int:
        """How many times are left."""
        return self.count - self.counter0 - 1

    @property
    def first(self) -> bool:
        """Whether this is the first time."""
        return self.counter0 == 0

    @property
    def last(self) -> bool:
        """Whether this is the last time."""
        return self.counter0 == self.count - 1


def many(values: Any) -> Any:
    """Return what a loop goes through, of which the number is known."""
    if values is None or values is GONE:
        return ()
    return values if hasattr(values, "__len__") else list(values)


def parts(item: Any, count: int) -> Iterable[Any]:
    """Return an item that is taken apart. Raises ValueError where it has not so many parts."""
    try:
        length = len(item)
    except TypeError:
        length = 1
    if length != count:
        raise ValueError(f"Need {count} values to unpack in for loop; got {length}. ")
    parts: Iterable[Any] = item
    return parts


def static_address(path: str) -> SafeString:
    """Return the address of a style, a script or a picture."""
    return _escaped(staticfiles_storage.url(path))


@lru_cache(500)
def _escaped(address: str) -> SafeString:
    return conditional_escape(address)


def address(context: Any, name: str) -> SafeString:
    """Return the address of a page that needs no more than its name."""
    request: Any = getattr(context, "request", None)
    try:
        here = request.current_app
    except AttributeError:
        here = getattr(getattr(request, "resolver_match", None), "namespace", None)
    return _address(name, here, get_script_prefix(), get_urlconf() or settings.ROOT_URLCONF)


@lru_cache(2000)
def _address(name: str, here: str | None, _prefix: str, _urlconf: str) -> SafeString:
    return conditional_escape(reverse(name, current_app=here))
