"""Who knocked at the door in vain. The only table of the pages; it is shared by all workers, and forgotten after an hour."""

from __future__ import annotations

from django.db import models


class Knock(models.Model):
    """Failed sign-ins from one address, under one name, or from one browser.

    key: a keyed hash, so that no address, name or password typed into the wrong field is kept. count: how many.
    last: when the last one was.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    last = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} failures"
