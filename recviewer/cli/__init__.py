"""The command `recviewer`: what it says of itself, how its arguments are read, and which code runs it."""

from recviewer.cli.dispatch import main as main
from recviewer.cli.dispatch import managed as managed
