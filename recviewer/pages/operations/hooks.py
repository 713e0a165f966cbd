"""Webhooks of the code host. They create no session, authenticate nobody, and their responses reveal nothing."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from recviewer.hosts.deliveries import BODY_BYTES, BadDelivery, NotSigned
from recviewer.loop import webhooks

PLAIN = "text/plain; charset=utf-8"


@csrf_exempt  # a host cannot get a CSRF token; it signs instead
@login_not_required
@require_POST
def take(request: HttpRequest, kind: str) -> HttpResponse:
    """Accept a delivery of the configured host. 404 if none is accepted, 403 without its signature, 413 if it is too
    large.
    """
    host = settings.HOST
    if host is None or not host.secret or kind.upper() != host.kind:
        raise Http404("no webhook is taken here")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or len(length) > 9 or int(length) > BODY_BYTES:
        return HttpResponse("too large\n", PLAIN, status=413)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        is_new = webhooks.take_delivery(host, headers, request.body)
    except NotSigned:
        return HttpResponse("not signed with the secret of this instance\n", PLAIN, status=403)
    except BadDelivery as bad:
        return HttpResponse(f"{bad}\n", PLAIN, status=400)
    return HttpResponse("noted\n" if is_new else "nothing to do\n", PLAIN, status=202)


app_name = "hooks"
urlpatterns = [path("hooks/<slug:kind>", take, name="take")]
