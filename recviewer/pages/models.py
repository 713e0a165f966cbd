"""What is known of accounts besides Django's own tables: roles, identities at issuers, tokens, and failed sign-ins.

All web workers share it. Failed sign-ins are forgotten after an hour.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Knock(models.Model):
    """Failed sign-ins from one address, under one name, or from one browser.

    key: a keyed hash, so that no address, name or password typed into the wrong field is kept. count: how many.
    last: when the last one was.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    last = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} failures"


class Membership(models.Model):
    """What an account may do: see `pages.site.roles`. An account without one may read; superusers need none."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="membership")
    role = models.CharField(
        max_length=10, choices=[("viewer", "viewer"), ("reviewer", "reviewer"), ("maintainer", "maintainer")]
    )

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class Identity(models.Model):
    """Somebody at an issuer, who signs in to an account: see `pages.site.issuer_login`.

    issuer, subject: by these alone somebody is known again. name: what the issuer called them last, for people.
    is_own: the account was there before, and its owner tied this to it; else it was made by signing in.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    name = models.CharField(max_length=150, blank=True)
    is_own = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="identity_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.name} at {self.issuer}"


class ApiToken(models.Model):
    """A token by which a script of somebody's reads, decides or imports: see `pages.site.tokens`.

    hashed: its SHA-256; the token itself is shown once and kept nowhere. scope: of `tokens.SCOPES`. used_at: to the minute,
    None for never.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    hashed = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=10, choices=[(one, one) for one in ("read", "decide", "import")])
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user}: {self.name}"


class Presence(models.Model):
    """Somebody has a page open: see `pages.site.presence`. place: a hash of what it shows. at: when it was last heard of."""

    place = models.CharField(max_length=64)
    actor = models.TextField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "actor"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.actor} at {self.place[:9]}"
