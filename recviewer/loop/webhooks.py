"""Receiving webhooks: a delivery is verified, recorded, and turned into a look at the request that it names."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from recviewer.hosts.configured import ConfiguredHost
from recviewer.loop import jobs
from recviewer.loop.models import HookSeen, JobKind
from recviewer.review.locks import acting


def take_delivery(configured: ConfiguredHost, headers: Mapping[str, str], body: bytes) -> bool:
    """Receive a delivery; tell whether it led to a look. headers: names in lower case.

    Raises NotSigned, BadDelivery. A delivery that was received before is ignored, whoever sends it again.
    """
    found = configured.host.delivery(headers, body, configured.secret)
    if not found.number:
        return False
    with acting():
        _, is_new = HookSeen.objects.get_or_create(delivery=found.id, defaults={"at": timezone.now()})
        if is_new:
            jobs.ask(JobKind.LOOK, found.number)
    return is_new
