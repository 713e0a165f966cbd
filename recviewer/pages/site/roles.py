"""Permissions. On a laptop its one user may do everything; on a hosted instance each account has a role.

The required role follows from the method: reading needs a viewer, actions need a reviewer. `EXCEPTIONS` has the others.
docs/permissions.md lists every URL; a test derives it from the URLs, and tries each with each role.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from recviewer.pages.site import tokens
from recviewer.pages.site.htmx import REFUSED, wants_fragment
from recviewer.pages.site.json import Json


class Role(IntEnum):
    """A role; each includes those before it.

    NOBODY: not signed in. VIEWER: reads. REVIEWER: decides, tags, writes notes, names searches. MAINTAINER: moves
    recordings to the trash and back, sees secrets, fetches, writes the file of reviews, changes tags everywhere.
    SUPERUSER: deletes for good, runs the instance.
    """

    NOBODY = 0
    VIEWER = 1
    REVIEWER = 2
    MAINTAINER = 3
    SUPERUSER = 4


EXCEPTIONS: dict[tuple[str, str], Role] = {
    ("POST", "hashes:body"): Role.VIEWER,  # only parses what is pasted
    ("POST", "recordings:overview"): Role.VIEWER,  # only reads, and stores a preference in a cookie
    ("POST", "bulk:choose"): Role.VIEWER,  # only asks; the action that follows needs a reviewer
    ("POST", "logout"): Role.VIEWER,
    ("POST", "account:make_token"): Role.VIEWER,  # for one's own account; not possible with a token
    ("POST", "account:revoke"): Role.VIEWER,
    ("POST", "account:sign_out"): Role.VIEWER,
    ("POST", "account:password"): Role.VIEWER,
    ("POST", "account:connect"): Role.VIEWER,
    ("POST", "account:disconnect"): Role.VIEWER,
    ("POST", "notices:save"): Role.VIEWER,
    ("GET", "review:trash"): Role.MAINTAINER,
    ("POST", "review:trash"): Role.MAINTAINER,
    ("POST", "trash:restore"): Role.MAINTAINER,
    ("POST", "trash:discard"): Role.SUPERUSER,
    ("GET", "secrets:ask"): Role.MAINTAINER,
    ("POST", "secrets:reveal"): Role.MAINTAINER,
    ("POST", "changes:fetch"): Role.MAINTAINER,
    ("GET", "plan:order"): Role.MAINTAINER,
    ("POST", "plan:order"): Role.MAINTAINER,
    ("POST", "activity:write_reviews"): Role.MAINTAINER,
    ("POST", "scripts:reviews"): Role.MAINTAINER,  # imports what others said
    ("POST", "tags:rename"): Role.MAINTAINER,
    ("POST", "tags:merge"): Role.MAINTAINER,
    ("POST", "tags:colour"): Role.MAINTAINER,
    ("POST", "tags:remove"): Role.MAINTAINER,
    ("GET", "operations:show"): Role.SUPERUSER,
    ("POST", "operations:retry"): Role.SUPERUSER,
}
"""Method and name of a URL, and the required role if it does not follow from the method."""

OPEN = frozenset(
    {
        *("hooks:take", "metrics:show", "status:favicon", "status:healthz", "status:readyz", "login"),
        *("desk:known", "notices:off", "account:invited", "account:join", "account:start", "account:back"),
    }
)
"""URLs that answer without a login. Each checks access itself: see its view."""

NAMES_PEOPLE = frozenset({"activity", "trash", "account", "notices", "presence", "scripts"})
"""URL namespaces that tell who did what, and when: never without a login."""

SCOPES = {"read": Role.VIEWER, "decide": Role.REVIEWER, "import": Role.VIEWER}
"""The maximum role of a token, whatever its owner's role."""

OF_SCOPE = {"import": ("POST", "scripts:reviews")}
"""The one additional action that a token of a scope may do, if its owner may."""

SAYS = {
    Role.VIEWER: "Sign in first.",
    Role.REVIEWER: "This needs a reviewer: ask a superuser of this instance for that role.",
    Role.MAINTAINER: "This needs a maintainer: ask a superuser of this instance for that role.",
    Role.SUPERUSER: "This needs a superuser of this instance.",
}

_MAY = {
    Role.VIEWER: "read",
    Role.REVIEWER: "read and decide",
    Role.MAINTAINER: "read, decide, and delete",
    Role.SUPERUSER: "do everything",
}


def role_of(request: HttpRequest) -> Role:
    """Return the user's role."""
    if not settings.HOSTED:
        return Role.SUPERUSER
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Role.NOBODY
    scope = tokens.scope_of(request)
    return min(own_role(user), SCOPES[scope]) if scope else own_role(user)


def own_role(user: Any) -> Role:
    """Return the role of an account."""
    if user.is_superuser:
        return Role.SUPERUSER
    membership = getattr(user, "membership", None)
    return Role[membership.role.upper()] if membership is not None else Role.VIEWER


def needed(method: str, name: str) -> Role:
    """Return the role that a request needs. name: of its URL, with its namespace."""
    is_safe = method in ("GET", "HEAD", "OPTIONS")
    if name in OPEN:
        return Role.NOBODY
    return EXCEPTIONS.get(("GET" if is_safe else method, name), Role.VIEWER if is_safe else Role.REVIEWER)


def is_for_all(method: str, name: str) -> bool:
    """Tell whether a URL may be read without a login, if the operator allows that."""
    return settings.PUBLIC_READ and needed(method, name) <= Role.VIEWER and name.partition(":")[0] not in NAMES_PEOPLE


def may(request: HttpRequest, role: Role) -> bool:
    """Tell whether the user has a role."""
    return role_of(request) >= role


class RoleFirst:
    """Middleware: refuses requests for which the role is not sufficient, before the view is called."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *given: Any) -> HttpResponse | None:
        match = request.resolver_match
        if match is None:
            return None
        is_admin = "admin" in match.app_names or match.route.startswith("admin/")
        if tokens.scope_of(request) and (is_admin or match.namespace == "account"):
            return _refused(request, Role.SUPERUSER)
        if is_admin:  # which checks access itself
            return None
        role = needed(request.method or "", match.view_name)
        if may(request, role) or is_for_all(request.method or "", match.view_name):
            return None
        is_of_scope = OF_SCOPE.get(tokens.scope_of(request)) == (request.method, match.view_name)
        if is_of_scope and own_role(request.user) >= role:
            return None
        return _refused(request, role)


def _refused(request: HttpRequest, role: Role) -> HttpResponse:
    name = request.user.get_username() if request.user.is_authenticated else ""
    who = f"You are signed in as {name}, who may {_MAY[own_role(request.user)]}. " if name else ""
    page = {"title": "Not with your role", "reason": who + SAYS[role], "status": 403}
    template = "errors/_refusal.html" if wants_fragment(request) else "errors/refusal.html"
    scope = tokens.scope_of(request)
    if scope:
        is_scope = role < Role.SUPERUSER and own_role(request.user) >= role
        response: HttpResponse = Json(
            {"error": f"A token to {scope} does not do that." if is_scope else SAYS[role]}, status=403
        )
    else:
        response = render(request, template, {"page": page}, status=403)
    response[REFUSED] = "1"
    response["X-Needs-Role"] = role.name.lower()
    return response
