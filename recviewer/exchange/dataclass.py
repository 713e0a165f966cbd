"""`dataclass` as in the standard library, except that `frozen` is enforced by the type checker only, not at run time.

The run-time check doubles the cost of creating an object, and reading a tree of recordings creates hundreds of
thousands. mypy in strict mode still rejects assignments to fields of a frozen dataclass.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    from dataclasses import dataclass as _made

    def dataclass(cls=None, /, *, frozen=False, eq=True, **options):
        """Make a dataclass. Takes the options of the standard library; a frozen dataclass with `eq` is hashable."""
        make = _made(eq=eq, unsafe_hash=frozen and eq, **options)
        return make if cls is None else make(cls)
