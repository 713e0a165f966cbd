"""The turns of a test for templates: each piece once, with the recordings that it came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from recviewer.catalog.models import Recording
from recviewer.exchange.model import Exchange, Kind, Message, Output
from recviewer.exchange.text import ENDED, end_of_one, line_of, words_of
from recviewer.pages.recording.calls import CallView, call_view
from recviewer.pages.recording.conversation import ROLE, SIDES
from recviewer.pages.recording.parts import (
    Called,
    RefusalView,
    ServerCallView,
    calls_by_id,
    reasoning_fold,
    shown_of,
    view_of,
    views,
)
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.site.forms import fields_of, item_of, items_of
from recviewer.pages.templatetags.words import counted, size
from recviewer.pages.tests.asked_notes import asked_notes
from recviewer.pages.tests.in_file import places_in, told_of
from recviewer.pages.tests.loading import Loaded
from recviewer.pages.tests.looked_for import LookedFor
from recviewer.pages.tests.views import (
    BARS,
    ChecksView,
    FoldView,
    Heading,
    Own,
    Row,
    Said,
    Some,
    TurnView,
    calls_said,
    kind_word,
    name_of_model,
    never_checked,
    wedge_of,
)
from recviewer.pages.text.brief_paths import brief_call
from recviewer.pages.text.folds import WINDOWED, Fold, Folds, Window
from recviewer.pages.text.texts import ANSWER, SECOND, amount, shortened, words
from recviewer.pages.text.words_for import state_of, state_of_end
from recviewer.review.filters import Stand
from recviewer.review.subjects import subject_of
from recviewer.threads.model import Answered, AskedMessage, Branch, Checks, Conversation, Entry, Rest, SentBack

LARGE = 220
"""Maximum length of a first question in large type."""


class Teller:
    """Builds the turns of a test. shown: keys of the recordings whose answers are on the page outside of folds."""

    def __init__(self, loaded: Loaded, standings: dict[str, Stand], folds: Folds, here: str, looked: LookedFor) -> None:
        self._loaded, self._standings, self._folds, self._here = loaded, standings, folds, here
        self._looked, self._places = looked, places_in(loaded)
        self.shown: list[str] = []
        self._counting: list[list[str]] = [self.shown]
        threads = loaded.threads
        talk = [entry.key for one in threads.conversations for entry in one.entries()]
        self._numbers = {key: number for number, key in enumerate(talk, 1)}
        self._turns = {
            turn.place: turn
            for one in threads.conversations
            for branch in (one.trunk, *one.older)
            for turn in branch.all_turns()
        }
        self._checks: dict[int, list[tuple[int, Checks]]] = {}
        for at, checks in enumerate(threads.checks, 1):
            self._checks.setdefault(checks.of, []).append((at, checks))
        self._calls = self._called()

    # --- what stands on the page, one after the other ---

    def conversation(self) -> tuple[tuple[Any, ...], Fold | None]:
        """Return the blocks of the conversations, and the fold with further ones."""
        plans = [
            plan
            for number, one in enumerate(self._loaded.threads.conversations, 1)
            for plan in self._plans(one, number)
        ]
        return self._blocks("turns", plans)

    def beside(self) -> tuple[tuple[Any, ...], Fold | None]:
        """Return the blocks of what is not a conversation."""
        plans: list[Callable[[], Any]] = [partial(self._checked, at, one) for at, one in self._checks.get(0, ())]
        plans += [partial(self._rest, rest) for rest in self._loaded.threads.rest]
        return self._blocks("beside", plans)

    def _blocks(self, name: str, plans: Sequence[Callable[[], Any]]) -> tuple[tuple[Any, ...], Fold | None]:
        def view(at: int) -> Any:
            return plans[at]()

        return self._folds.some(name, len(plans), view, "turn", template="tests/_blocks.html")

    def _plans(self, conversation: Conversation, number: int) -> Iterator[Callable[[], Any]]:
        many = len(self._loaded.threads.conversations) > 1
        if many:
            count = counted(len(list(conversation.entries())), "call")
            yield lambda: Heading(f"conversation-{number}", f"Conversation {number}", count)
        yield from self._branch_plans(conversation.trunk, f"{number}." if many else "")
        if conversation.older:
            yield lambda: self._older(conversation, number)

    def _branch_plans(self, trunk: Branch, start: str) -> Iterator[Callable[[], Any]]:
        waiting = [trunk]
        while waiting:
            branch = waiting.pop()
            if branch.name:
                yield partial(self._heading, branch, start)
            for turn in branch.turns:
                yield partial(self._turn, turn)
                for at, checks in self._checks.get(turn.place, ()):
                    yield partial(self._checked, at, checks)
            waiting += reversed(branch.branches)

    def _heading(self, branch: Branch, start: str) -> Heading:
        numbers = [self._numbers[entry.key] for entry in branch.entries()]
        about = f"from turn {next(branch.all_turns()).number:,} on · {calls_said(numbers)}"
        return Heading(f"branch-{start}{branch.name}", f"Branch {branch.name}", about)

    # --- turns ---

    def _turn(self, turn: AskedMessage | Answered) -> TurnView:
        return self._asked(turn) if isinstance(turn, AskedMessage) else self._answered(turn)

    def _asked(self, turn: AskedMessage) -> TurnView:
        message, name = turn.message, f"t{turn.place}"
        side = SIDES.get(message.role, "user")
        view = TurnView(
            turn.place, turn.number, shortened(message.role or "no role", ROLE), shortened(message.name, ROLE), side,
            notes=asked_notes(turn),
        )  # fmt: skip
        if turn.same_as:
            tool = next((one.name for one in map(self._result_of, message.parts) if one), "")
            self._folds.spend(200)
            return replace(view, same=(turn.same_as, self._turns[turn.same_as].number, tool))
        text = words_of(message.parts)
        if side == "system":
            fold = self._folds.fold(
                name, message.role, detail=text[:160], size=amount(text), template="folds/_items.html",
                make=lambda: self._items(message, name), weight=len(text),
            )  # fmt: skip
            return replace(view, fold=fold)
        is_large = side == "user" and turn.number <= 2 and len(text) <= LARGE
        return replace(view, items=self._items(message, name), is_large=is_large)

    def _items(self, message: Message, name: str) -> tuple[Any, ...]:
        return views(message.parts, self._folds, name, self._calls)

    def _result_of(self, part: Any) -> Called | None:
        return self._calls.get(getattr(part, "call_id", ""))

    def _called(self) -> dict[str, Called]:
        """Return the calls of all turns by id, with their places."""
        found: dict[str, Called] = {}
        for turn in self._turns.values():
            if isinstance(turn, AskedMessage):
                parts = [(f"t{turn.place}.{at}", part) for at, part in enumerate(turn.message.parts)]
                found |= calls_by_id(parts)
                continue
            for entry in turn.entries:
                for at, output in enumerate(entry.exchange.outputs):
                    calls = [(f"t{turn.place}-a{at}-call-{one}", call) for one, call in enumerate(output.tool_calls)]
                    found |= calls_by_id(calls)
        return found

    def _answered(self, turn: Answered) -> TurnView:
        exchange = turn.entries[0].exchange
        error = exchange.error
        outputs = exchange.outputs if not turn.same_as else ()
        said, name = list[Said](), f"t{turn.place}"
        for at, output in enumerate(outputs[:OUTPUTS]):
            said.append(self._said(output, exchange, f"{name}-a{at}"))
        if not outputs and error is None and not turn.same_as:
            said.append(Said(None, None, None, (), (), line_of(exchange).answered or "Nothing came back.", None))
        if all(one.is_whole for one in said) and len(outputs) <= OUTPUTS and not exchange.left:
            self._counting[-1] += [entry.key for entry in turn.entries]
        return TurnView(
            place=turn.place,
            number=turn.number,
            role="error" if error else "assistant",
            sub=name_of_model(exchange.model),
            side="error" if error else "assistant",
            said=tuple(said),
            same=(turn.same_as, turn.number, "") if turn.same_as else None,
            error=error,
            error_words=words(self._folds, f"{name}-error", error.message or "no message", ANSWER) if error else None,
            owns=tuple([self._own(entry) for entry in turn.entries]),
            notes=tuple(self._notes(turn, len(outputs))),
            expected=() if turn.same_as else self._looked.beside(exchange, self._folds),
        )

    def _notes(self, turn: Answered, outputs: int) -> Iterator[tuple[str, str, str]]:
        if turn.is_other:
            what = "The same words, with other details" if turn.same_as else "Another answer to the same messages"
            differs = f"; it was asked for with other {', '.join(turn.differs)}" if turn.differs else ""
            yield "note", "quiet", f"{what}{differs}."
        elif turn.differs:
            yield "note", "quiet", f"The same answer, asked for with other {', '.join(turn.differs)}."
        if turn.sent_back is SentBack.IN_PART:
            what = f"Its {turn.unsent:,} characters of text are" if turn.unsent > 0 else "A part of it is"
            yield "warn", "warn", f"{what} not sent back in the requests that follow."
        if turn.ids_differ:
            yield "same", "quiet", "The ids of its calls differ between recordings, one for one."
        yield from never_checked(turn, self._checks.get(turn.place, ()))
        if outputs > OUTPUTS:
            yield "note", "quiet", f"{outputs - OUTPUTS:,} more choices stand on the page of the recording."
        if turn.entries[0].exchange.left:
            yield "warn", "warn", "A part of it was not understood: the page of the recording shows it."

    def _said(self, output: Output, exchange: Exchange, name: str) -> Said:
        folds, calls = self._folds, output.tool_calls
        is_said = bool(output.content or output.refusal or calls or output.parts)
        nothing = "" if is_said else "No answer, only reasoning." if output.reasoning else "An empty answer."
        return Said(
            reasoning=reasoning_fold(folds, name, output.reasoning) if output.reasoning else None,
            words=words(folds, name, output.content, ANSWER) if output.content else None,
            refusal=RefusalView(words(folds, f"{name}-refusal", output.refusal, SECOND)) if output.refusal else None,
            calls=shown_of(
                folds, f"{name}-calls", len(calls), lambda at: call_view(calls[at], folds, f"{name}-call-{at}"), "call"
            ),
            parts=shown_of(folds, f"{name}-parts", len(output.parts), lambda at: self._part(output, at, name)),
            nothing=nothing,
            end=state_of_end(ENDED.get(end_of_one(output, exchange))),
        )

    def _part(self, output: Output, at: int, name: str) -> Any:
        made = view_of(output.parts[at], self._folds, f"{name}.{at}", self._calls)
        return ServerCallView(made) if isinstance(made, CallView) else made

    # --- recordings ---

    def _own(self, entry: Entry) -> Own:
        row = self._loaded.rows[entry.key]
        return self.own_of(row)

    def own_of(self, row: Recording) -> Own:
        """Return the line of a recording."""
        self._folds.spend(OWN)
        number = self._numbers.get(row.path, 0)
        standing = self._standings.get(subject_of(row))
        facts = [*self._places.get(row.path, ()), *([counted(row.chunks, "chunk")] if row.streaming else [])]
        file = row.part or row.file_path.rpartition("/")[2]
        return Own(
            number=number,
            anchor=f"call-{number}" if number else "",
            url=url_of(row.path),
            path=row.path,
            name=file if len(file) <= 24 else f"{file[:8]}…{file[-9:]}",
            facts=(*facts, size(row.size)),
            state=state_of(row, standing),
            form=f"decide-{row.pk}",
            fields=fields_of(row.path, row.blob),
            here=f"{self._here}#{f'call-{number}' if number else 'beside'}",
            verdict=standing.state if standing else "",
            closed=self._closed(row),
        )

    def _closed(self, row: Recording) -> str:
        if not row.blob:
            return "cannot be read"
        return "changed on disk" if row.path in self._loaded.stale else ""

    def undecided(self, keys: Sequence[str]) -> list[Recording]:
        """Return the recordings that are undecided and can be decided on, each once."""
        rows = [self._loaded.rows[key] for key in dict.fromkeys(keys)]
        return [row for row in rows if subject_of(row) not in self._standings and not self._closed(row)]

    # --- folds ---

    def _counted(self, keys: list[str], make: Callable[[], tuple[tuple[Any, ...], Fold | None]]) -> Window:
        """Make the body of a fold, with a form for what it shows. keys: filled with what is shown."""
        self._counting.append(keys)
        shown, more = make()
        self._counting.pop()
        rows = self.undecided(keys)
        items = items_of(item_of(row.path, row.blob) for row in rows) if len(rows) > 1 else ""
        return Window("tests/_some.html", Some(shown, items, len(rows), self._here), more)

    def _older(self, conversation: Conversation, number: int) -> FoldView:
        entries = [entry for branch in conversation.older for entry in branch.entries()]
        name = f"older-{number}"

        def make() -> Window:
            plans = [
                plan for at, one in enumerate(conversation.older, 1) for plan in self._older_plans(one, at, number)
            ]
            return self._counted([], lambda: self._blocks(f"{name}.turns", plans))

        return FoldView(
            self._folds.fold(
                name,
                f"{counted(len(entries), 'recording')} of older generations",
                detail="replay does not find them",
                size=size(sum(self._loaded.rows[entry.key].size for entry in entries)),
                template=WINDOWED,
                make=make,
                weight=1 << 30,
            )
        )

    def _older_plans(self, branch: Branch, at: int, number: int) -> Iterator[Callable[[], Any]]:
        numbers = [self._numbers[entry.key] for entry in branch.entries()]
        about = f"from turn {next(branch.all_turns()).number:,} on · {calls_said(numbers)}"
        yield lambda: Heading(f"older-{number}-{at}", f"Older {at}", about)
        yield from self._branch_plans(branch, f"older-{number}-{at}.")

    def _checked(self, at: int, checks: Checks) -> ChecksView:
        name = f"checks-{at}"
        rows = [self._loaded.rows[entry.key] for entry in checks.entries]

        def make() -> Window:
            keys: list[str] = []
            listed = list(zip(checks.entries, checks.lengths, strict=True))

            def row(one: int) -> Row:
                keys.append(listed[one][0].key)
                words_ = line_of(listed[one][0].exchange).answered[:60]
                return Row(self._own(listed[one][0]), f"the first {listed[one][1]:,} characters: {words_}", "check")

            return self._counted(
                keys, lambda: self._folds.some(f"{name}.rows", len(rows), row, "check", template="tests/_rows.html")
            )

        text = checks.text
        self._folds.spend(800 + 90 * min(BARS, len(rows)))
        return ChecksView(
            anchor=name,
            count=len(rows),
            shared=checks.shared,
            is_of_turn=bool(checks.of),
            outcomes=checks.outcomes,
            last=text[-60:],
            text=text[:200],
            model=checks.model,
            size=size(sum(row.size for row in rows)),
            wedge=wedge_of(checks) if len(rows) > 1 else None,
            fold=self._folds.fold(
                name,
                "list " + ("it" if len(rows) == 1 else f"the {len(rows):,}"),
                template=WINDOWED,
                make=make,
                weight=1 << 30,
            ),
        )

    def _rest(self, rest: Rest) -> FoldView:
        rows = [self._loaded.rows[entry.key] for entry in rest.entries]
        name = f"rest-{rest.kind.value}"
        is_other = rest.kind is Kind.UNKNOWN

        def make() -> Window:
            keys: list[str] = []

            def row(one: int) -> Row:
                entry = rest.entries[one]
                keys.append(entry.key)
                line = line_of(entry.exchange)
                status = f"{entry.exchange.status} " if is_other and entry.exchange.status is not None else ""
                return Row(
                    self._own(entry), f"{brief_call(line.asked)[:120]} → {status}{line.answered[:160]}", rest.kind.value
                )

            return self._counted(
                keys, lambda: self._folds.some(f"{name}.rows", len(rows), row, "recording", template="tests/_rows.html")
            )

        return FoldView(
            self._folds.fold(
                name,
                counted(len(rows), "other call") if is_other else f"{len(rows):,} × {kind_word(rest.kind.value)}",
                detail=told_of(rest, self._places),
                size=size(sum(row.size for row in rows)),
                template=WINDOWED,
                make=make,
                weight=1 << 30,
                is_open=not self.shown,  # nothing else is on the page
            )
        )


OUTPUTS = 8
"""Choices of an answer that are shown; the recording's own page has the others."""

OWN = 2_600
"""Characters of markup for a recording's line."""
