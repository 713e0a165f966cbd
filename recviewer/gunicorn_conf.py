"""How gunicorn serves recviewer, on a laptop and for a team."""

import subprocess
import sys
from typing import Any

worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 5
control_socket_disable = True
accesslog = None
loglevel = "warning"

PREPARED = "is_prepared=1"
"""What `recviewer serve` puts into gunicorn's `raw_env` after it has prepared everything."""


def on_starting(server: Any) -> None:
    """Prepare what has to be there before the first request, in a process of its own so that this one stays small."""
    if PREPARED in server.cfg.raw_env:
        return
    done = subprocess.run([sys.executable, "-m", "recviewer", "serve", "--prepare-only"], check=False)
    if done.returncode:
        sys.exit(done.returncode)
