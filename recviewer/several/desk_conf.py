"""How gunicorn serves the page at the top: it has nothing to prepare, and little to hold."""

from recviewer.gunicorn_conf import PlainLogger

worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 5
control_socket_disable = True
accesslog = None
loglevel = "warning"
logger_class = PlainLogger
