"""How gunicorn serves recviewer, on a laptop and for a team."""

worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 5
control_socket_disable = True
accesslog = None
loglevel = "warning"
