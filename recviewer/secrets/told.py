"""Secrets that sentences, commands, programs and tags tell: what stands before them is no name with a colon."""

from __future__ import annotations

import re

from recviewer.secrets.kind import LatePattern, Level, SecretKind, is_key, is_mixed
from recviewer.secrets.live import is_fake, is_id, is_made

_ORDINARY = re.compile(r"(?i)pass(?:word|wd)?|secret|admin|root|user|postgres|mysql|guest|pwd|none|null|test|token")
_WORD_WITH_NUMBER = re.compile(r"[A-Za-z]{2,9}-?\d{1,4}(?:\.\d+)?(?:[-_/][A-Za-z]+)*[sx]?")
_OF_PASSWORDS = tuple([re.compile(some) for some in ("[a-z]", "[A-Z]", r"\d", r"[!@#$%^&*?+=~]")])


def is_password(value: str) -> bool:
    """Tell whether a value could be a password: no word that stands for one, and no variable."""
    return not is_fake(value) and not _ORDINARY.fullmatch(value) and not value.startswith(("$", "{", "%", "<", "["))


def _is_told(value: str) -> bool:
    """Tell whether a word behind “the password is” is one: of three kinds of letters, and no name as `SHA256`."""
    kinds = sum(some.search(value) is not None for some in _OF_PASSWORDS)
    return kinds >= 3 and is_password(value) and is_made(value, least=8) and not _WORD_WITH_NUMBER.fullmatch(value)


def _is_long(value: str) -> bool:
    return len(value) >= 20 and is_mixed(value) and not is_id(value)


_NAMED = ("named-secret", "a value that is called a key, token or password", Level.RED)
_OF_A_COMMAND = ("password-of-a-command", "a password of a command or a file of passwords", Level.RED)
_CHAR = r"[^\s\"'`\\<>(){}\[\],;]"
_WORD = rf"{_CHAR}{{7,199}}(?![.:]){_CHAR})(?!(?![.:]){_CHAR}"
"""What a sentence tells, without the point that ends the sentence; it closes a group and opens another."""

_OF_WHOM = r"(?: (?:for|of|to|on) [^\s\"'\\]{1,40}(?: [^\s\"'\\]{1,40})?)?"

TOLD = (
    SecretKind(
        *_OF_A_COMMAND,
        ("-u ", "-user ", "login ", "-p", "-pass"),
        LatePattern(
            r"(?:\s(?:-u|--user|--proxy-user)[ =]+[\"']?[^\s:\"'/]{1,80}:|\blogin\s+\S{1,80}\s+password\s+"
            r"|\b(?:sshpass|docker login|podman login|mysql|mysqldump)\b[^\n|;]{0,80}? -p ?[\"'\\]{0,2}"
            r"|\s--pass(?:word|wd|phrase)?[ =]+[\"'\\]{0,2})"
            r"(?P<secret>[^\s\"'\\]{6,200})"
        ),
        lambda value: is_password(value) and is_made(value, least=6),
        is_guessable=True,
    ),
    SecretKind(
        *_NAMED,
        ("--", "setenv", "environ", "env["),
        LatePattern(
            r"(?:\s--(?:[a-z]{1,20}-)?(?:token|api-key|key|secret)[ =]+[\"'\\]{0,2}"
            r"|\b[A-Z][A-Z0-9_]{0,60}(?:KEY|TOKEN)\\{0,3}[\"'](?:\]\s?=|,)\s?\\{0,3}[\"'])"
            r"(?P<secret>[^\s\"'\\]{16,200})"
        ),
        is_key,
    ),
    SecretKind(
        *_NAMED,
        ("key>", "token>", "secret>", "password>", "passwd>"),
        LatePattern(
            r"(?i)<(?:[\w.-]{1,40}:)?[\w.-]{0,40}?(?:api[-_]?key|access[-_]?key|token|secret(?:[-_]?key)?|password|passwd)>"
            r"(?P<secret>[^\s<>\"'\\]{8,200})<"
        ),
        lambda value: is_password(value) and is_made(value, least=8) and value.lower() != value != value.upper(),
    ),
    SecretKind(
        *_NAMED,
        ("key ", "token ", "secret "),
        LatePattern(
            r"(?i)\b(?:(?:api|access|secret|auth|private)[ -])?(?:key|token|secret)" + _OF_WHOM + r" is:? [\"'`\\]{0,4}"
            rf"(?P<secret>{_WORD})"
        ),
        _is_long,
        quick_low=LatePattern(r"(?:key|token|secret) (?:is|for|of|to|on)"),
    ),
    SecretKind(
        "told-password",
        "a password that a sentence tells",
        Level.AMBER,
        ("password", "passwd", "passwort"),
        LatePattern(
            r"(?i)(?<![A-Za-z])(?:password|passwd|passwort)"
            + _OF_WHOM
            + r"(?: (?:is|was|ist|lautet)(?: now)?)?:? [\"'`\\]{0,4}"
            rf"(?P<secret>(?!/){_WORD})"
        ),
        _is_told,
        is_guessable=True,
    ),
)
"""What is told so."""
