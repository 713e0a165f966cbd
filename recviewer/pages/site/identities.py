"""Accounts of people who sign in with an issuer: recognised by their permanent id, created, or linked by their owner.

No account is ever found by a name or an e-mail address, because another person at the issuer may have the same.
"""

from __future__ import annotations

import logging

from django.contrib.auth.models import User
from django.db import IntegrityError
from django.utils import timezone

from recviewer.issuers.configured import ConfiguredLogin
from recviewer.issuers.model import Person
from recviewer.pages.models import Identity, Membership
from recviewer.review.locks import acting

log = logging.getLogger(__name__)


class NotLetIn(Exception):
    """Somebody proved their identity, but may not sign in. `str()` is a sentence for them."""


def signed_in(login: ConfiguredLogin, person: Person) -> User:
    """Return the account of a person, which is created at the first sign-in. Raises NotLetIn."""
    with acting():
        found = Identity.objects.select_related("user").filter(issuer=login.issuer, subject=person.subject).first()
        if found is None:
            return _made(login, person)
        if not found.is_own and not login.people.lets_in(person):
            raise NotLetIn(_stranger(login, person))
        if not found.user.is_active:
            raise NotLetIn("Your account here is deactivated. Ask a superuser of this instance.")
        Identity.objects.filter(pk=found.pk).update(name=person.name, used_at=timezone.now())
        return found.user


def tie(login: ConfiguredLogin, person: Person, user: User, *, is_invited: bool = False) -> None:
    """Link a person to an existing account, as its owner wants. Raises NotLetIn.

    An account that was created by signing in, and has no password, stays subject to the rules.
    """
    is_own = is_invited or user.has_usable_password()
    if not is_own and not login.people.lets_in(person):
        raise NotLetIn(_stranger(login, person))
    with acting():
        found = Identity.objects.filter(issuer=login.issuer, subject=person.subject).first()
        if found is not None and found.user_id != user.pk:
            raise NotLetIn(
                f"{person.name or 'Who you are'} at {login.called} signs in to another account here already."
            )
        if found is None:
            _note(login, person, user, is_own=is_own)
            log.info("an account was tied to who the issuer named")


def _made(login: ConfiguredLogin, person: Person) -> User:
    if not login.people.lets_in(person):
        raise NotLetIn(_stranger(login, person))
    if not person.name:
        raise NotLetIn(f"{login.called} says no name, and no verified address, by which an account could be called.")
    if User.objects.filter(username__iexact=person.name).exists():
        raise NotLetIn(
            f"There is an account named {person.name} here already, and it is not tied to {login.called}. If it is yours, "
            "sign in with its password and tie it on its page; else ask a superuser of this instance to invite you."
        )
    try:
        user = User.objects.create_user(person.name)
    except IntegrityError:
        raise NotLetIn("Your account is being created. Sign in again.") from None
    if login.role != "viewer":
        Membership.objects.create(user=user, role=login.role)
    _note(login, person, user, is_own=False)
    log.info("an account was made for who the issuer named")
    return user


def _note(login: ConfiguredLogin, person: Person, user: User, *, is_own: bool) -> None:
    now = timezone.now()
    Identity.objects.create(
        user=user,
        issuer=login.issuer,
        subject=person.subject,
        name=person.name,
        is_own=is_own,
        made_at=now,
        used_at=now,
    )


def _stranger(login: ConfiguredLogin, person: Person) -> str:
    name = f"{person.name}, as {login.called} calls you," if person.name else f"Who {login.called} says you are"
    return f"{name} may not come in here. Ask a superuser of this instance."
