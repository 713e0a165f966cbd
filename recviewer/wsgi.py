"""The WSGI entry point: `gunicorn recviewer.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recviewer.settings")
_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - read once Django is set up

from recviewer.serving.named_host import demanded  # noqa: E402
from recviewer.serving.url_prefix import below  # noqa: E402

_served = below(_application, settings.PREFIX)
application = demanded(_served) if settings.HOSTED else _served
