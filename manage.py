#!/usr/bin/env python
"""`python manage.py COMMAND`, the same as `recviewer COMMAND`, but for `check`, which is Django's here."""

from recviewer.cli import managed

if __name__ == "__main__":
    managed()
