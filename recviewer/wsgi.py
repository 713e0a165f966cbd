"""The WSGI entry point: `gunicorn recviewer.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recviewer.settings")
application = get_wsgi_application()
