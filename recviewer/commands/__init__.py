"""The command line: `recviewer COMMAND`, the same as `python manage.py COMMAND`."""
