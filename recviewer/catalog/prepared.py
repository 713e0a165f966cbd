"""Queries that many pages run, compiled to SQL once.

Django compiles a query each time it is run, which takes several times as long as SQLite takes to answer. Here that is
done once for each database and each number of values; the rows are those that the query itself would return.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from copy import copy
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import QuerySet
from django.db.models.query import FlatValuesListIterable, ValuesListIterable

_P = ParamSpec("_P")
_Row = TypeVar("_Row")

LENGTHS = (1, 2, 5, 10, 20, 50, 100, 500)
"""Lengths of lists for which a query is compiled. A shorter list is padded by repeating its last member, so that few
queries are compiled; longer ones, for actions on very many, are not compiled ahead.
"""


def prepared(make: Callable[_P, QuerySet[Any, _Row]]) -> Callable[_P, list[_Row]]:
    """Make a function that builds a queryset return its rows instead, as a list.

    The function takes texts, integers and lists of these, as positional arguments. Each has to appear in the query
    unaltered and must not influence it in any other way, because the query is built once, with placeholders. TypeError
    if one is altered or missing.
    """
    shapes: dict[tuple[object, ...], _Shape | None] = {}

    @wraps(make)
    def rows(*given: _P.args, **named: _P.kwargs) -> list[_Row]:
        if named:
            raise TypeError(f"{make.__name__} is given its values by place")
        if any(isinstance(one, (list, tuple)) and len(one) > LENGTHS[-1] for one in given):
            return list(make(*given, **named))
        values = [_filled(one) if isinstance(one, (list, tuple)) else one for one in given]
        shape = (connection.vendor, *(len(one) if isinstance(one, (list, tuple)) else type(one) for one in values))
        if shape not in shapes:
            shapes[shape] = _shaped(make, values)
        found = shapes[shape]
        return [] if found is None else found.rows(_flat(values))

    return rows


def _filled(some: Sequence[object]) -> Sequence[object]:
    """Return a list padded to a length for which a query is compiled."""
    if not some:
        return some
    return [*some, *[some[-1]] * (LENGTHS[bisect_left(LENGTHS, len(some))] - len(some))]


def _flat(given: Sequence[object]) -> list[object]:
    """Return the arguments, with lists replaced by their members."""
    flat: list[object] = []
    for one in given:
        if isinstance(one, (list, tuple)):
            flat += one
        else:
            flat.append(one)
    return flat


def _shaped(make: Callable[..., QuerySet[Any, Any]], given: Sequence[object]) -> _Shape | None:
    """Return the compiled form of a query, None if it can never match anything."""
    marks: list[object] = []

    def mark(one: object) -> object:
        if isinstance(one, (list, tuple)):
            return [mark(member) for member in one]
        if isinstance(one, str):
            marks.append(f"\x02 a place of {make.__name__}: {len(marks)} \x03")
        elif isinstance(one, int) and not isinstance(one, bool):
            marks.append(1_950_000_000 + len(marks))  # fits every column; a value that does not is left out of the SQL
        else:
            raise TypeError(f"{make.__name__} is given {type(one).__name__}, which cannot be prepared")
        return marks[-1]

    queryset = make(*map(mark, given))
    compiler = queryset.query.get_compiler(connection=connection)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    if set(marks) - {one for one in params if isinstance(one, (str, int))}:  # psycopg has integer types of its own
        raise TypeError(f"{make.__name__} alters a value, or asks for nothing with it")
    return _Shape(queryset, compiler, sql, [marks.index(one) if one in marks else None for one in params], params)


class _Shape:
    """The SQL of one query. places: for each parameter the index of its argument, None for a constant."""

    def __init__(
        self, queryset: QuerySet[Any, Any], compiler: Any, sql: str, places: list[int | None], params: Sequence[object]
    ) -> None:
        converters = compiler.get_converters([chosen[0] for chosen in compiler.select[: compiler.col_count]])

        class Ready(type(compiler)):  # type: ignore[misc]
            """The compiler that made the SQL, which it returns without compiling again."""

            params: list[object]

            def as_sql(self, *_: object, **__: object) -> tuple[str, list[object]]:
                return sql, self.params

            def get_converters(self, _: object) -> Any:
                return converters

        compiler.__class__ = Ready
        self._queryset, self._compiler = queryset, compiler
        self._sql, self._converters = sql, converters
        kind = queryset._iterable_class
        self._is_flat = kind is FlatValuesListIterable
        self._is_values = self._is_flat or kind is ValuesListIterable
        self._places: list[tuple[int | None, Any]] = list(zip(places, params, strict=True))

    def rows(self, given: list[object]) -> list[Any]:
        """Run the query on this thread's database.

        A `values` query bypasses the queryset, which would take longer than the answer.
        """
        if self._is_values:
            return self._values(given)
        ready = copy(self._compiler)
        ready.connection = connections[DEFAULT_DB_ALIAS]
        ready.params = self._params(given)
        queryset = self._queryset._chain()  # type: ignore[attr-defined]
        queryset.query.get_compiler = lambda *_, **__: ready
        return list(queryset)

    def _values(self, given: list[object]) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(self._sql, self._params(given))
            found: Iterable[Any] = cursor.fetchall()
        if self._converters:
            ready = copy(self._compiler)
            ready.connection = connections[DEFAULT_DB_ALIAS]
            found = ready.apply_converters(found, self._converters)
        if self._is_flat:
            return [row[0] for row in found]
        return [tuple(row[: self._compiler.col_count]) for row in found]

    def _params(self, given: list[object]) -> list[Any]:
        return [fixed if place is None else type(fixed)(given[place]) for place, fixed in self._places]
