"""Actions that came too soon after their page to be intended: the second click of two, without scripts.

A form of a queue says when it was made, for browsers without scripts; with scripts `static/js/rest.js` does this.
"""

from __future__ import annotations

import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from recviewer.pages.site.numbers import is_whole

MOMENT = 400
"""Milliseconds in which nobody has read anything, as in `static/js/rest.js`."""

SENTENCE = "Too quick after the item before: nothing was decided."
TURNED = "Too quick after the page before: nothing more was undone or done again."


def now() -> int:
    """Return the time in milliseconds, for a form."""
    return int(time.time() * 1000)


def is_too_soon(request: HttpRequest) -> bool:
    """Tell whether a form came before anybody can have read its page."""
    shown = request.POST.get("shown", "")
    return is_whole(shown) and 0 <= now() - int(shown) < MOMENT


def refused(request: HttpRequest) -> HttpResponse | None:
    """Redirect to the item of a form, with a sentence, if it came too soon; None if it did not."""
    here = request.POST.get("here", "")
    if not is_too_soon(request):
        return None
    is_ours = url_has_allowed_host_and_scheme(here, {request.get_host()}, require_https=request.is_secure())
    if not is_ours or not here.startswith("/"):
        return None
    messages.warning(request, SENTENCE)
    return HttpResponseRedirect(here, status=303)
