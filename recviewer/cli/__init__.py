"""The command `recviewer`: its help, the parsing of its arguments, and which code runs it."""

from recviewer.cli.dispatch import main as main
from recviewer.cli.dispatch import managed as managed
