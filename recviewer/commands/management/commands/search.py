"""Search requests and reassembled answers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Search the indexed recordings: words in requests and in reassembled answers, quoted phrases, -word to leave "
        "out. Example: recviewer search '\"boiling point\" -celsius'"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query", metavar="QUERY")
        parser.add_argument("--limit", type=int, default=50, help="paths at the most (default 50)")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.catalog import indexer, search
        from recviewer.catalog.models import Recording
        from recviewer.commands.start import prepare
        from recviewer.commands.terminal import safe
        from recviewer.store.refusals import Refusal

        prepare(static=False)
        try:
            indexer.refresh()
        except indexer.Busy as busy:
            self.stderr.write(f"{busy}; searching what is indexed so far.")
        except Refusal as refusal:
            raise CommandError(str(refusal), returncode=2) from None
        found = search.matching(Recording.objects.order_by("path"), options["query"])
        total = found.count()
        shown = list(found.only("id", "path")[: options["limit"]])
        snippets = search.snippets([recording.pk for recording in shown], options["query"])
        for recording in shown:
            self.stdout.write(safe(recording.path))
            snippet = snippets.get(recording.pk)
            if snippet and snippet.pieces:
                words = "".join(f"[{text}]" if hit else text for text, hit in snippet.pieces)
                self.stdout.write(f"  {snippet.where}: {safe(' '.join(words.split()))}")
        more = total - len(shown)
        self.stderr.write(f"{total:,} recordings" + (f", {more:,} of them not shown (--limit)" if more > 0 else ""))
