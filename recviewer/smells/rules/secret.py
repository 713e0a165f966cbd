"""A recorded credential, or private data."""

from __future__ import annotations

import re
from dataclasses import replace

from recviewer.exchange.secret import Secret
from recviewer.pairing.sides import Side
from recviewer.secrets.documents import secret_of
from recviewer.secrets.texts import find
from recviewer.smells.model import About, Case, Explained, Held, Needs, Noticed, Rule, Severity, Spot, Surroundings

_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")
_STAYS = "rotate it, for once committed it stays in the history"
_NAME = "name"
_MOST = 20
"""Most locations that a finding names."""


def _holds(case: Case) -> Held | None:
    """Report the worst secret in a recording. Those that the old recording already had are not reported for a range."""
    if case.new is None:
        return None
    named = _in_name(case.new)
    if not case.new.exchange.secrets and not named:
        return None
    secrets = sorted((*named, *case.new.exchange.secrets), key=lambda one: list(Severity).index(Severity(one.level)))
    known = set()
    if case.known is not None:
        known = {(one.told, one.proof) for one in (*_in_name(case.known), *case.known.exchange.secrets)}
    fresh = [one for one in secrets if (one.told, one.proof) not in known]  # two secrets may have equal masks
    if not fresh:
        return None
    worst = fresh[0]
    spots = tuple([Spot(_pointer(case.new, one), one.told) for one in fresh[:_MOST]])
    return Held(Severity(worst.level), worst.kind, says=_says(fresh), spots=spots)


def _trace(found: Noticed, around: Surroundings) -> Held:
    """Add since which commit a credential is in the history."""
    held = found.held
    shown = {spot.evidence for spot in held.spots}
    if around.history is None or held.severity is not Severity.RED:
        return held
    since = around.history.first(
        around.top + found.file,
        lambda side: any(one.level == Severity.RED and one.told in shown for one in side.exchange.secrets),
    )
    return (
        replace(held, says=held.says.replace(_STAYS, f"rotate it: it is in git's history since {since}"))
        if since
        else held
    )


def _in_name(side: Side) -> list[Secret]:
    """Return what the name of a file holds, which no mask hides: it is the way to the file."""
    path = side.file_path
    return [secret_of(one, path, _NAME) for one in find(path) if one.kind.is_masked]


def _says(secrets: list[Secret]) -> str:
    called = list(dict.fromkeys(one.called for one in secrets))
    rest = "" if len(called) <= 3 else f" and {len(called) - 3} more"
    rotate = f": {_STAYS}" if secrets[0].level == Severity.RED else ""
    name = " in the name of its file, where it cannot be masked" if any(one.where == _NAME for one in secrets) else ""
    return f"it holds {', '.join(called[:3])}{rest}{name}{rotate}"


def _pointer(side: Side, secret: Secret) -> str:
    if side.part or secret.where in ("file", _NAME):
        return ""
    steps = [place or key for place, key in _STEP.findall(secret.where)]
    return "".join([f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps])


RULE = Rule(
    "secret",
    "it holds a secret",
    Explained(
        what="Keys and tokens of providers, clouds and code hosts, private keys, passwords and tokens in addresses, web "
        "tokens of JSON, Basic and Bearer authorization (red); signed addresses, cookies, ids of organisations, web "
        "tokens that say that they end within a day (amber); e-mail addresses, internal hosts, and keys that are "
        "plainly made up (grey). It is masked wherever recviewer shows it, but for addresses, hosts and names of files. "
        "Where git's history is at hand, the first commit is named that has it in a file of this name.",
        why="Whoever can read the repository can use it, also after the file was deleted: it stays in the history.",
        example="`Authorization: Bearer sk-proj-…` in the headers of a cassette.",
        fix="Rotate first what gives access. Then have the recorder scrub it, and re-record.",
        mistaken="Keys that a test made up and that look true; addresses that the data of a test names.",
        measured="0, 0 and 126, of which 117 are amber: 92 with ids of organisations or projects and 59 with cookies; "
        "each kind was read and is right. 9 in grey are addresses that everybody knows. 0 and 169 in the later "
        "two, all amber: 144 such ids and 25 web tokens of an hour; each kind was read and is right.",
        right={Severity.RED: (4, 4), Severity.AMBER: (20, 20), Severity.GREY: (20, 20)},
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.RED, Severity.AMBER, Severity.GREY),
    trace=_trace,
)
