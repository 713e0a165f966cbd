"""Upper and lower case in conditions: `contains` and the like ignore case on SQLite alone, and `icontains` folds the letters
of a language on PostgreSQL alone. So here `icontains`, `istartswith` and `iendswith` ignore case in ASCII on both, and are
what people's words are looked for by; where case counts, `beginning` asks for a range of texts.
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
    """Have all conditions on text understand case so."""
    for field in (CharField, TextField):
        for lookup in (_Contains, _Begins, _Ends):
            field.register_lookup(lookup)


def beginning(column: str, text: str) -> Q:
    """Return the condition for texts that begin with one, upper and lower case told apart. Not for an empty one."""
    return Q(**{f"{column}__gte": text, f"{column}__lt": text[:-1] + chr(ord(text[-1]) + 1)})
