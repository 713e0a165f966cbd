"""`python -m recviewer COMMAND`."""

from recviewer.cli import main

main()
