"""Who may sign in, in the operator's rules: organisations, domains of e-mail addresses, names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from recviewer.issuers.model import Person

EVERYONE = "everyone"
_RULE = re.compile(r"(org|domain|name):([!-+\--~]{1,200})")
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_WANTED = "it takes org:NAME, domain:example.com and name:NAME with commas"


@dataclass(frozen=True, slots=True)
class AllowedPeople:
    """orgs, domains: in lower case. names: as written. everyone: everybody whom the issuer knows."""

    orgs: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    everyone: bool = False

    def lets_in(self, person: Person) -> bool:
        """Tell whether a rule matches. A domain has to be everything after the @ of a verified address."""
        return (
            self.everyone
            or not self.orgs.isdisjoint(person.groups)
            or any(mail.rpartition("@")[2] in self.domains for mail in person.mails)
            or any(name in person.ids or name.casefold() in person.logins for name in self.names)
        )


def allowed(text: str) -> AllowedPeople:
    """Parse a list of rules. Raises ValueError with what is allowed."""
    if text == EVERYONE:
        return AllowedPeople(everyone=True)
    found: dict[str, set[str]] = {"org": set(), "domain": set(), "name": set()}
    for one in text.split(","):
        rule = _RULE.fullmatch(one.strip())
        if rule is None:
            raise ValueError(f"{_WANTED}, or `{EVERYONE}`")
        kind, value = rule[1], rule[2] if rule[1] == "name" else rule[2].casefold()
        if kind == "domain" and not _DOMAIN.fullmatch(value):
            raise ValueError(f"{_WANTED}; a domain stands without @ and *")
        found[kind].add(value)
    return AllowedPeople(frozenset(found["org"]), frozenset(found["domain"]), frozenset(found["name"]))
