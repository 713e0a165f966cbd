"""`dataclass` as the standard library has it, but that what is frozen is guarded by the type checker alone.

A guard at run time makes each new object cost twice as much, and reading a tree of recordings makes hundreds of thousands.
mypy, which is strict here, refuses to assign to a field of a frozen one all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    from dataclasses import dataclass as _made

    def dataclass(cls=None, /, *, frozen=False, eq=True, **options):
        """Make a dataclass. Options are those of the standard library; a frozen one has its hash."""
        make = _made(eq=eq, unsafe_hash=frozen and eq, **options)
        return make if cls is None else make(cls)
