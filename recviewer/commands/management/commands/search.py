"""Search requests and reassembled answers."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Search the indexed recordings as the search box does: words in requests and in reassembled answers, quoted "
        "phrases, filters such as model:gpt-4o, has:tool or size:>100k, names of tests and hashes of files; - before "
        "any of these excludes it. Example: recviewer search '\"boiling point\" -celsius kind:chat'"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("query", metavar="QUERY", nargs="+", help="several words form one query")
        parser.add_argument("--recordings", metavar="DIR", help="the recordings root")
        parser.add_argument("--limit", type=int, default=50, help="maximum number of results (default 50)")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.catalog import search
        from recviewer.catalog.outdated_findings import rests_on_look
        from recviewer.commands.start import prepare
        from recviewer.commands.terminal import safe
        from recviewer.exchange.amounts import counted
        from recviewer.review.narrowing import narrowed, no_filters, read, terms_in, unknown_values, wanted_in

        query = " ".join(options["query"])
        asked = read(query)
        rests = rests_on_look((*asked.terms, *terms_in(asked.words)))
        if options["limit"] < 0:
            raise CommandError("--limit takes a whole number from 0 on", returncode=2)
        if asked.faults and not rests:
            raise CommandError(" ".join(asked.faults), returncode=2)
        for hint in asked.hints:
            self.stderr.write(hint)
        prepare(static=False)
        self._index()
        if rests:
            self._look()
            asked = read(query)
            if asked.faults:
                raise CommandError(" ".join(asked.faults), returncode=2)
        found = narrowed(asked.terms, asked.words).order_by("path")
        total = found.count()
        shown = list(found.only("id", "path")[: options["limit"]])
        snippets = search.snippets([recording.pk for recording in shown], wanted_in(asked.words))
        for sentence in unknown_values(asked.terms, asked.words) if not total else ():
            self.stderr.write(safe(sentence))
        for piece, name in no_filters(asked.words) if not total else ():
            self.stderr.write(safe(f"{name}: is not a filter, so {piece} was looked for as a word."))
        for recording in shown:
            self.stdout.write(safe(recording.path))
            snippet = snippets.get(recording.pk)
            if snippet and snippet.pieces:
                words = "".join(f"[{text}]" if hit else text for text, hit in snippet.pieces)
                self.stdout.write(f"  {snippet.sort or snippet.where}: {safe(' '.join(words.split()))}")
        more = total - len(shown)
        self.stderr.write(counted(total, "recording") + (f", {more:,} of them not shown (--limit)" if more > 0 else ""))

    def _index(self) -> None:
        """Bring the catalog up to date, or say why it is not."""
        from recviewer.catalog import indexer, provenance, run_lock
        from recviewer.git.repository import GitFailed
        from recviewer.store.refusals import Refusal

        try:
            report = indexer.refresh()
            provenance.refresh(catalog_changed=report.did_anything)
        except run_lock.Busy as busy:
            self.stderr.write(f"{busy}; searching what is indexed so far.")
        except GitFailed as failed:
            self.stderr.write(f"The last commits are not known: {failed}.")
        except Refusal as refusal:
            raise CommandError(str(refusal), returncode=2) from None

    def _look(self) -> None:
        """Check the tree first if something was indexed since the last check."""
        import subprocess

        from recviewer.catalog import tree_findings
        from recviewer.catalog.outdated_findings import outdated

        old = outdated()
        if old is None:
            return
        try:
            tree_findings.look()
        except (OSError, subprocess.SubprocessError) as failed:
            when = f"are those of {old.at:%Y-%m-%d %H:%M} UTC" if old.at else "are not known"
            self.stderr.write(f"The findings {when}: the tree could not be looked at ({type(failed).__name__}).")
