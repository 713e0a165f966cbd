"""Configuration of nginx or Caddy in front: the path and the port of each instance."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from recviewer.several.plan import SeveralFile, host_of

KINDS = ("nginx", "caddy")

_NGINX_HEADERS = """\
        proxy_set_header Host $host;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
        proxy_set_header X-Request-Id $request_id;
        proxy_read_timeout 60s;
"""
_CADDY_HEADERS = """\
		header_up X-Request-Id {http.request.uuid}
		request_buffers 1MB
		lb_try_duration 30s
"""


def lines(plan: SeveralFile, kind: str) -> str:
    """Return the configuration for a kind of proxy."""
    return "".join(_nginx(plan) if kind == "nginx" else _caddy(plan))


def _ways(plan: SeveralFile) -> Iterator[tuple[str, int]]:
    """Yield path and port of each instance, without the final slash."""
    top = urlsplit(plan.address).path
    for one in plan.instances:
        yield f"{top}/{one.name}", one.port


def _nginx(plan: SeveralFile) -> Iterator[str]:
    host, top = host_of(plan.address), urlsplit(plan.address).path
    yield "# Written by `recviewer several proxy nginx`: each repository at its path, and the page that lists them.\n"
    yield f"server {{\n    listen 443 ssl http2;\n    server_name {host};\n"
    yield f"    ssl_certificate /etc/letsencrypt/live/{host}/fullchain.pem;\n"
    yield f"    ssl_certificate_key /etc/letsencrypt/live/{host}/privkey.pem;\n    client_max_body_size 32m;\n"
    for path, port in _ways(plan):
        yield f"\n    location {path}/ {{\n        proxy_pass http://127.0.0.1:{port};\n{_NGINX_HEADERS}    }}\n"
        yield f"    location = {path} {{ return 302 {path}/; }}\n"
        yield f"    location = {path}/metrics {{ return 404; }}\n"
        yield f"    location = {path}/desk {{ return 404; }}\n"
    yield f"\n    location {top}/ {{\n        proxy_pass http://127.0.0.1:{plan.port};\n{_NGINX_HEADERS}    }}\n}}\n"


def _caddy(plan: SeveralFile) -> Iterator[str]:
    top = urlsplit(plan.address).path
    yield "# Written by `recviewer several proxy caddy`: each repository at its path, and the page that lists them.\n"
    yield "{\n\tservers {\n\t\ttimeouts {\n\t\t\tread_header 10s\n\t\t\tread_body 60s\n\t\t}\n\t}\n}\n\n"
    yield f"{host_of(plan.address)} {{\n\trequest_body {{\n\t\tmax_size 32MB\n\t}}\n"
    shut = " ".join(f"{path}/{page}" for path, _ in _ways(plan) for page in ("metrics", "desk"))
    yield f"\t@inside path {shut}\n\trespond @inside 404\n"
    for path, port in _ways(plan):
        yield f"\tredir {path} {path}/\n"
        yield f"\thandle {path}/* {{\n\t\treverse_proxy 127.0.0.1:{port} {{\n{_deeper(_CADDY_HEADERS)}\t\t}}\n\t}}\n"
    yield f"\thandle {top}/* {{\n\t\treverse_proxy 127.0.0.1:{plan.port} {{\n{_deeper(_CADDY_HEADERS)}\t\t}}\n\t}}\n}}\n"


def _deeper(text: str) -> str:
    return "".join(f"\t{line}\n" for line in text.splitlines())
