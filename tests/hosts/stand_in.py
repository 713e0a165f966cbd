"""A code host of our own on loopback: what it is sent is held against what the hosts document, and it can fail in every way.

Sources: GitHub's REST description (api.github.com, 2022-11-28), GitLab's API documents, and the swagger.v1.json of Forgejo;
of each the paths, methods, keys and words that the loop uses. What is not documented is answered with 422 and noted in
`wrong`, which tests expect to be empty.
"""

import json
import re
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "a-token-of-the-stand-in"
PROJECT = "acme/rockets"
STATES = {
    "github": {"error", "failure", "pending", "success"},
    "forgejo": {"error", "failure", "pending", "success", "warning"},
    "gitlab": {"pending", "running", "success", "failed", "canceled", "skipped"},
}
BASES = {"github": "", "forgejo": "/api/v1", "gitlab": "/api/v4"}
STANDS = 'Cannot transition status via :enqueue from :pending (Reason(s): Status cannot transition via "enqueue")'
LARGEST = {"github": 100, "forgejo": 50, "gitlab": 100}


@dataclass
class Fault:
    """How one call fails. way: status, cut, drip (the body), trickle (the head), wait, html, redirect, list.

    to: only calls whose path holds it.
    """

    way: str
    status: int = 500
    headers: dict = field(default_factory=dict)
    data: object = None
    to: str = ""
    is_done: bool = False
    """The call takes effect all the same, and only its answer is lost."""


class StandIn:
    """requests: number -> head, base, state. statuses, comments: what was written. calls: all that came."""

    def __init__(self, kind):
        self.kind = kind
        self.requests = {}
        self.statuses = []
        self.comments = []
        self.runs = []  # workflow, ref, inputs
        self.workflows = {"record.yml"}
        self.rights = {"pull_requests": "write", "statuses": "write"}
        self.faults = []
        self.calls = []
        self.wrong = []
        self.me = "recviewer-bot"
        self.app = None  # name and public key of an app
        self.granted = {}  # its tokens, and when they end
        self.lifetime = 3600
        self._id = 1000
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def api(self):
        return f"http://127.0.0.1:{self._server.server_port}{BASES[self.kind]}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def put(self, number, head, *, base="main", state="open", fork=False):
        self.requests[number] = {"head": head, "base": base, "state": state, "fork": fork}

    def comment(self, number, text, by):
        self._id += 1
        self.comments.append({"id": self._id, "number": number, "body": text, "by": by})
        return self._id

    def fail(self, way, times=1, **how):
        self.faults += [Fault(way, **how) for _ in range(times)]

    def count(self, method, part=""):
        return sum(one == method and part in path for one, path in self.calls)

    # What follows answers calls.

    def answer(self, method, target, headers, body):
        parts = urlsplit(target)
        path, query = parts.path.removeprefix(BASES[self.kind]), {k: v[0] for k, v in parse_qs(parts.query).items()}
        self.calls.append((method, path))
        of_app = self._of_app(path, headers)
        refused = (None if of_app else self._stranger(headers)) or self._malformed(method, headers, body)
        if refused:
            return refused
        data = json.loads(body) if body else None
        for pattern, one, act in self._routes():
            found = re.fullmatch(pattern, path)
            if found and method == one:
                return act(*found.groups(), query=query, data=data)
        return self._wrong(404, f"{method} {path} is no call that the documents know")

    def _wrong(self, status, why):
        self.wrong.append(why)
        return status, {"message": why}

    def _of_app(self, path, headers):
        """Tell whether a call is one that an app makes for itself, signed by its key and within its ten minutes."""
        kind, _, token = headers.get("Authorization", "").partition(" ")
        if self.app is None or kind != "Bearer" or not (path.startswith("/app") or path.endswith("/installation")):
            return False
        import jwt

        try:
            told = jwt.decode(token, self.app[1], algorithms=["RS256"], options={"require": ["iss", "iat", "exp"]})
        except jwt.PyJWTError as error:
            self.wrong.append(f"a JWT that does not hold: {error}")
            return False
        return told["iss"] == self.app[0] and told["exp"] - time.time() <= 600

    def _app(self, *, query, data):
        return 200, {"id": 1, "slug": "recviewer-app"}

    def _installation(self, *, query, data):
        return 200, {"id": 77, "app_id": 1}

    def _grant(self, installation, *, query, data):
        if installation != "77" or data != {
            "repositories": ["rockets"],
            "permissions": self.rights,
        }:
            return self._wrong(422, f"a token of {installation} for {data}")
        token = f"ghs_{len(self.granted)}{'x' * 30}"
        ends = time.time() + self.lifetime
        self.granted[token] = ends
        self.me = "recviewer-app[bot]"
        return 201, {"token": token, "expires_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ends))}

    def _stranger(self, headers):
        if self.app is not None:
            token = headers.get("Authorization", "").removeprefix("Bearer ")
            return None if self.granted.get(token, 0) > time.time() else (401, {"message": "Bad credentials"})
        given = {
            "github": headers.get("Authorization") == f"Bearer {TOKEN}",
            "forgejo": headers.get("Authorization") == f"token {TOKEN}",
            "gitlab": headers.get("PRIVATE-TOKEN") == TOKEN,
        }
        return None if given[self.kind] else self._wrong(401, "bad credentials")

    def _malformed(self, method, headers, body):
        if not headers.get("User-Agent", "").startswith("recviewer/"):
            return self._wrong(403, "GitHub wants a user agent")
        if self.kind == "github" and headers.get("X-GitHub-Api-Version") != "2022-11-28":
            return self._wrong(400, "no version of the API is named")
        if self.kind == "github" and headers.get("Accept") != "application/vnd.github+json":
            return self._wrong(415, "the recommended media type is missing")
        if method == "GET":
            return self._wrong(400, "a GET has no body") if body else None
        if headers.get("Content-Type") != "application/json":
            return self._wrong(415, "JSON is not named as such")
        try:
            json.loads(body)
        except ValueError:
            return self._wrong(400, "problems parsing JSON")
        return None

    def _routes(self):
        if self.kind == "gitlab":
            at = r"/projects/acme%2Frockets"
            return [
                (r"/user", "GET", self._user),
                (rf"{at}/merge_requests", "GET", self._list),
                (rf"{at}/merge_requests/(\d+)", "GET", self._one),
                (rf"{at}/statuses/([0-9a-f]+)", "POST", self._status),
                (rf"{at}/merge_requests/(\d+)/notes", "GET", self._comments),
                (rf"{at}/merge_requests/(\d+)/notes", "POST", self._write),
                (rf"{at}/merge_requests/(\d+)/notes/(\d+)", "PUT", self._change_note),
                (rf"{at}/pipeline", "POST", self._pipeline),
            ]
        at = r"/repos/acme/rockets"
        return [
            (r"/user", "GET", self._user) if self.app is None else (r"/app", "GET", self._app),
            (rf"{at}/installation", "GET", self._installation),
            (r"/app/installations/(\d+)/access_tokens", "POST", self._grant),
            (rf"{at}/pulls", "GET", self._list),
            (rf"{at}/pulls/(\d+)", "GET", self._one),
            (rf"{at}/statuses/([0-9a-f]+)", "POST", self._status),
            (rf"{at}/issues/(\d+)/comments", "GET", self._comments),
            (rf"{at}/issues/(\d+)/comments", "POST", self._write),
            (rf"{at}/issues/comments/(\d+)", "PATCH", self._change),
            (rf"{at}/actions/workflows/([^/]+)/dispatches", "POST", self._dispatch),
        ]

    def _user(self, *, query, data):
        return 200, {"id": 7, "login": self.me, "username": self.me}

    def _page(self, rows, query):
        size = int(query.get("limit" if self.kind == "forgejo" else "per_page", 20))
        if size > LARGEST[self.kind]:
            return self._wrong(422, f"a page has at most {LARGEST[self.kind]} rows")
        start = (int(query.get("page", 1)) - 1) * size
        return 200, rows[start : start + size]

    def _list(self, *, query, data):
        wanted = "opened" if self.kind == "gitlab" else "open"
        if query.get("state") != wanted:
            return self._wrong(422, f"state is not {wanted}")
        rows = [self._told(n, one) for n, one in sorted(self.requests.items(), reverse=True) if one["state"] == "open"]
        return self._page(rows, query)

    def _one(self, number, *, query, data):
        found = self.requests.get(int(number))
        return (200, self._told(int(number), found)) if found else (404, {"message": "Not Found"})

    def _told(self, number, one):
        if self.kind == "gitlab":
            state = {"open": "opened"}.get(one["state"], one["state"])
            told = {"id": 90 + number, "iid": number, "state": state, "sha": one["head"], "target_branch": one["base"]}
            return told | {"source_project_id": 9 if one["fork"] else 5, "target_project_id": 5}
        return {
            "id": 90 + number,
            "number": number,
            "state": one["state"],
            "head": {
                "ref": "feature",
                "sha": one["head"],
                "repo": {"full_name": "eve/x" if one["fork"] else "Acme/rockets"},
            },
            "base": {"ref": one["base"], "sha": "0" * 40},
        }

    def _status(self, sha, *, query, data):
        name = "name" if self.kind == "gitlab" else "context"
        allowed = {"state", "description", "target_url", name}
        longest = 255 if self.kind == "gitlab" else 140
        if not set(data) <= allowed or not all(isinstance(value, str) for value in data.values()):
            return self._wrong(422, f"a status has {sorted(data)}")
        if data.get("state") not in STATES[self.kind] or len(data["description"]) > longest:
            return self._wrong(422, f"state {data.get('state')} or a description of {len(data['description'])}")
        if not re.fullmatch(r"https?://\S+", data.get("target_url", "https://x")):
            return self._wrong(422, "target_url is no address")
        if sha not in {one["head"] for one in self.requests.values()}:
            return 422, {"message": "No commit found for SHA"}
        before = [one for one in self.statuses if one["sha"] == sha]
        if self.kind == "gitlab" and before and before[-1]["state"] == data["state"]:
            return 400, {"message": STANDS}
        self.statuses.append({"sha": sha, **data})
        return 201, {"id": len(self.statuses)}

    def _dispatch(self, workflow, *, query, data):
        inputs = data.get("inputs", {})
        if set(data) != {"ref", "inputs"} or not all(isinstance(value, str) for value in inputs.values()):
            return self._wrong(422, f"a run takes a ref and inputs that are texts, not {data}")
        if len(json.dumps(inputs)) > 65_535:
            return self._wrong(422, "inputs are too large")
        if workflow not in self.workflows or data["ref"] != "main":
            return 404, {"message": "Not Found"}
        self.runs.append((workflow, data["ref"], inputs))
        return 204, None

    def _pipeline(self, *, query, data):
        told = data.get("variables", [])
        if set(data) != {"ref", "variables"} or any(set(one) != {"key", "value"} for one in told):
            return self._wrong(422, f"a pipeline takes a ref and variables, not {data}")
        if data["ref"] != "main":
            return 400, {"message": {"base": ["Reference not found"]}}
        named = {one["key"].removeprefix("RECVIEWER_").lower(): one["value"] for one in told}
        self.runs.append(("", data["ref"], named))
        return 201, {"id": 46, "web_url": "https://elsewhere.example/46"}

    def _shown(self, one):
        return {
            "id": one["id"],
            "body": one["body"],
            "user": {"login": one["by"]},
            "author": {"id": 7 if one["by"] == self.me else 8, "username": one["by"]},
        }

    def _comments(self, number, *, query, data):
        return self._page([self._shown(one) for one in self.comments if one["number"] == int(number)], query)

    def _write(self, number, *, query, data):
        if set(data) != {"body"} or not isinstance(data["body"], str) or not data["body"] or len(data["body"]) > 65536:
            return self._wrong(422, "a comment has a body of 65,536 characters at most")
        if int(number) not in self.requests:
            return 404, {"message": "Not Found"}
        self.comment(int(number), data["body"], self.me)
        return 201, self._shown(self.comments[-1])

    def _change_note(self, number, comment, *, query, data):
        return self._change(comment, query=query, data=data)

    def _change(self, comment, *, query, data):
        found = next((one for one in self.comments if one["id"] == int(comment)), None)
        if found is None:
            return 404, {"message": "Not Found"}
        if found["by"] != self.me:
            return self._wrong(403, "the comment of somebody else")
        if set(data) != {"body"} or len(data["body"]) > 65536:
            return self._wrong(422, "a comment has a body of 65,536 characters at most")
        found["body"] = data["body"]
        return 200, self._shown(found)


def _handler(host):  # noqa: C901 - one case for each way to fail
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *words):
            pass

        def _take(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with host._lock:
                fault = next((one for one in host.faults if one.to in unquote(self.path)), None)
                if fault:
                    host.faults.remove(fault)
                if fault is None or fault.is_done:
                    answered = host.answer(self.command, self.path, self.headers, body)
                else:
                    host.calls.append((self.command, self.path))
            if fault is None:
                self._send(*answered)
            else:
                self._fail(fault)

        def _send(self, status, data, headers=()):
            self._raw(
                status,
                b"" if data is None else json.dumps(data).encode(),
                {"Content-Type": "application/json", **dict(headers)},
            )

        def _raw(self, status, text, headers):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def _fail(self, fault):
            match fault.way:
                case "status":
                    self._send(
                        fault.status, {"message": "as asked"} if fault.data is None else fault.data, fault.headers
                    )
                case "cut":
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    self.wfile.write(b'{"id": ')
                    self.wfile.flush()
                    self._shut()
                case "gone":
                    self._shut()
                case "drip" | "trickle":
                    self.send_response(200)
                    self.send_header("Content-Length", "100000")
                    self.end_headers() if fault.way == "drip" else self.flush_headers()
                    try:
                        for _ in range(100):
                            self.wfile.write(b" ")
                            self.wfile.flush()
                            time.sleep(0.05)
                    except OSError:
                        pass
                    self.close_connection = True
                case "wait":
                    time.sleep(1.5)
                    self.close_connection = True
                case "html":
                    self._raw(fault.status, b"<html>sorry</html>", {"Content-Type": "text/html"})
                case "redirect":
                    self._raw(302, b"", {"Location": fault.headers["Location"]})
                case "json":
                    self._send(200, fault.data)

        def _shut(self):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _take

    return Handler
