#!/usr/bin/env python
"""`python manage.py COMMAND`, the same as `recviewer COMMAND`."""

from recviewer.cli import main

if __name__ == "__main__":
    main()
