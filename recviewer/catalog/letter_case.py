"""Upper and lower case in conditions.

By default `contains` and the like ignore case only on SQLite, and `icontains` folds the letters of a language only on
PostgreSQL. Here `icontains`, `istartswith` and `iendswith` ignore case in ASCII on both, and are used for what people
type. Where case matters, `beginning` queries a range of texts.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Q, TextField
from django.db.models.lookups import IContains, IEndsWith, IStartsWith, PatternLookup
from django.db.models.sql.compiler import SQLCompiler


class _InAscii(PatternLookup):
    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        left, params = compiler.compile(self.lhs)
        right, more = self.process_rhs(compiler, connection)
        return f'{left} COLLATE "C" ILIKE {right}', [*params, *more]


class _Contains(_InAscii, IContains):
    pass


class _Begins(_InAscii, IStartsWith):
    pass


class _Ends(_InAscii, IEndsWith):
    pass


def register() -> None:
    """Register these case rules for all conditions on text."""
    for field in (CharField, TextField):
        for lookup in (_Contains, _Begins, _Ends):
            field.register_lookup(lookup)


def beginning(column: str, text: str) -> Q:
    """Return the condition for texts with a prefix, case-sensitive. The prefix must not be empty."""
    return Q(**{f"{column}__gte": text, f"{column}__lt": text[:-1] + chr(ord(text[-1]) + 1)})
