"""The WSGI application of the page at the top."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recviewer.several.desk_settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from recviewer.serving.url_prefix import below

application = below(get_wsgi_application(), settings.PREFIX)
