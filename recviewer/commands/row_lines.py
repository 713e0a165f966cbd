"""Rows of the database as lines of text, the same for SQLite and PostgreSQL: the format of a back-up."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db.models import BinaryField, DateTimeField, Field, Model
from django.utils.dateparse import parse_datetime

BATCH = 500

LEFT_OUT = frozenset({"sessions.Session", "pages.Knock", "pages.Presence"})
"""Tables that a back-up does not contain; users have to sign in again."""


def kept_models() -> list[type[Model]]:
    """Return the models of everything that cannot be rebuilt, ordered so that none refers to rows of a later one."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.app_label != "catalog"
        and model._meta.label not in LEFT_OUT
    ]
    return ordered(found)


def ordered(models: Iterable[type[Model]]) -> list[type[Model]]:
    """Return models, ordered so that referenced ones come first."""
    left, made = sorted(models, key=lambda model: model._meta.label), list[type[Model]]()
    while left:
        free = [model for model in left if not (_named(model) & set(left) - {model})]
        if not free:  # a cycle, which the database checks at the end of the transaction
            free = left[:1]
        made += free
        left = [model for model in left if model not in free]
    return made


def _named(model: type[Model]) -> set[Any]:
    return {field.related_model for field in model._meta.concrete_fields if field.related_model is not None}


def lines_of(model: type[Model]) -> Iterator[bytes]:
    """Yield a line for each row, by key: a list of values in the order of `columns`."""
    fields = model._meta.concrete_fields
    for row in model._base_manager.order_by("pk").iterator(chunk_size=BATCH):
        values = [_told(field, getattr(row, field.attname)) for field in fields]
        yield json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def columns(model: type[Model]) -> list[str]:
    """Return the names of the values in a line."""
    return [field.attname for field in model._meta.concrete_fields]


def _told(field: Field[Any, Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(field, BinaryField):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(field, DateTimeField):
        return value.isoformat()
    return value


def put(model: type[Model], names: list[str], lines: Iterable[bytes]) -> int:
    """Insert rows and return how many. names: of the values in a line. Raises ValueError for an invalid line."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    if set(names) - fields.keys():
        raise ValueError(f"{model._meta.db_table} has no {', '.join(sorted(set(names) - fields.keys()))}")
    readers = [(name, _reader(fields[name])) for name in names]
    count, some = 0, list[Model]()
    for line in lines:
        values = json.loads(line)
        if not isinstance(values, list) or len(values) != len(readers):
            raise ValueError(f"a line of {model._meta.db_table} has {len(values)} values in place of {len(readers)}")
        given = {
            name: None if value is None else read(value) for (name, read), value in zip(readers, values, strict=True)
        }
        some.append(model(**given))
        if len(some) == BATCH:
            count, some = count + _write(model, some), []
    return count + _write(model, some)


def _write(model: type[Model], rows: list[Model]) -> int:
    if rows:
        model._base_manager.bulk_create(rows)
    return len(rows)


def _reader(field: Field[Any, Any]) -> Callable[[Any], Any]:
    if isinstance(field, BinaryField):
        return base64.b64decode
    if isinstance(field, DateTimeField):
        return _time
    return lambda value: value


def _time(text: str) -> Any:
    found = parse_datetime(text)
    if found is None:
        raise ValueError(f"{text!r} is not a time")
    return found
