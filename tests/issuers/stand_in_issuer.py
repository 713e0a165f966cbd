"""An OpenID Connect issuer and a GitHub of our own on loopback, which hold us to what is documented and fail in every way.

A code is good for one use, for the redirect and the challenge that it was asked for with. What is not as the standards say
is noted in `wrong`, which tests expect to be empty.
"""

import base64
import contextlib
import hashlib
import json
import socket
import threading
import time
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT, SECRET, BACK = "recviewer at acme", "a secret: with / and %", "https://recordings.example.com/login/back"


@cache
def key_of(kind="EC", name="one"):
    return ec.generate_private_key(ec.SECP256R1()) if kind == "EC" else rsa.generate_private_key(65537, 2048)


def jwk(key, kid, alg="ES256", **more):
    made = jwt.get_algorithm_by_name(alg).to_jwk(key.public_key(), as_dict=True)
    return {**made, "kid": kid, "use": "sig", "alg": alg, **more}


class _Server(ThreadingHTTPServer):
    """Ends at its end what is still open: a browser connects before it asks, and may never ask."""

    daemon_threads = False

    def __init__(self, *given):
        super().__init__(*given)
        self._open = []

    def process_request(self, request, client_address):
        self._open.append(request)
        super().process_request(request, client_address)

    def end_connections(self):
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


class StandInIssuer:
    """claims: changes to what the ID token says; None takes one away. info: the same for userinfo. said: for the metadata.

    tokens: makes the ID token of its claims. faults: path -> status, or "gone", "slow", "html", "drip", "redirect".
    """

    def __init__(self, kind="oidc"):
        self.kind = kind
        self.key, self.alg, self.kid = key_of(), "ES256", "k1"
        self.keys = None
        self.claims, self.info, self.said, self.faults = {}, {}, {}, {}
        self.user = {"id": 7, "login": "Ana", "type": "User"}
        self.mails = [{"email": "Ana@acme.example", "verified": True, "primary": True}]
        self.orgs = {"acme": "active"}
        self.tokens = None
        self.back = BACK
        self.calls, self.wrong, self.codes, self.held = [], [], {}, {}
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self):
        self._server.shutdown()
        self._server.end_connections()
        self._server.server_close()

    def visit(self, address, client=CLIENT, back=BACK):
        """Be the browser that signs in: look at what it was sent with, and return what it comes back with."""
        parts = urlsplit(address)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        path = "/authorize" if self.kind == "oidc" else "/login/oauth/authorize"
        assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{self.url}{path}"
        assert (asked["client_id"], asked["redirect_uri"], asked["code_challenge_method"]) == (client, back, "S256")
        assert len(asked["state"]) >= 43
        if self.kind == "oidc":
            assert (asked["response_type"], asked["scope"].split()[0]) == ("code", "openid")
            assert len(asked["nonce"]) >= 43
        code = f"code{len(self.codes)}"
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    # What follows answers calls.

    def answer(self, method, target, headers, body):
        path = unquote(urlsplit(target).path)
        self.calls.append((method, path))
        routes = {
            ("GET", "/.well-known/openid-configuration"): self._metadata,
            ("POST", "/token"): self._token,
            ("GET", "/keys"): lambda headers, body: (200, {"keys": self.keys or [jwk(self.key, self.kid, self.alg)]}),
            ("GET", "/userinfo"): self._userinfo,
            ("POST", "/login/oauth/access_token"): self._github_token,
            ("GET", "/api/v3/user"): lambda headers, body: self._of_user(headers, self.user),
            ("GET", "/api/v3/user/emails"): lambda headers, body: self._of_user(headers, self.mails),
        }
        act = routes.get((method, path))
        if act is None and path.startswith("/api/v3/user/memberships/orgs/"):
            return self._membership(path.rpartition("/")[2], headers)
        if act is None:
            return self._no(404, f"{method} {path} is no call that the documents know")
        return act(headers, body)

    def _no(self, status, why, **told):
        self.wrong.append(why)
        return status, told or {"error": why}

    def _metadata(self, headers, body):
        told = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            "userinfo_endpoint": f"{self.url}/userinfo",
        }
        return 200, {name: value for name, value in (told | self.said).items() if value is not None}

    def _taken(self, form):
        """Return what a code was asked for with; a code is good once."""
        asked = self.codes.pop(form.get("code"), None)
        if asked is None:
            return None
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            self.wrong.append("the verifier is not that of the challenge")
            return None
        if form.get("redirect_uri") != asked["redirect_uri"]:
            self.wrong.append("another redirect_uri than at the beginning")
            return None
        return asked

    def _form(self, headers, body):
        if headers.get("Content-Type") != "application/x-www-form-urlencoded":
            self.wrong.append("tokens are asked for by a form")
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}

    def _token(self, headers, body):
        form = self._form(headers, body)
        kind, _, value = headers.get("Authorization", "").partition(" ")
        if kind == "Basic":
            given = tuple(unquote(one) for one in base64.b64decode(value).decode().split(":"))
        else:
            given = form.get("client_id"), form.get("client_secret")
        if given != (CLIENT, SECRET):
            return self._no(401, "not this client", error="invalid_client")
        if form.get("grant_type") != "authorization_code":
            return self._no(400, "another grant")
        asked = self._taken(form)
        if asked is None:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        told = {"iss": self.url, "sub": "s-1", "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": asked["nonce"]}
        told |= {"preferred_username": "ana", "email": "Ana@acme.example", "email_verified": True}
        claims = {name: value for name, value in (told | self.claims).items() if value is not None}
        made = (self.tokens or self.signed)(claims)
        return 200, {"id_token": made, "access_token": "an-access-token", "token_type": "Bearer"}

    def signed(self, claims):
        return jwt.encode(claims, self.key, algorithm=self.alg, headers={"kid": self.kid} if self.kid else None)

    def _userinfo(self, headers, body):
        if headers.get("Authorization") != "Bearer an-access-token":
            return self._no(401, "another access token")
        told = {"sub": "s-1", "preferred_username": "ana", "email": "ana@acme.example", "email_verified": True}
        return 200, {name: value for name, value in (told | self.info).items() if value is not None}

    def _github_token(self, headers, body):
        form = self._form(headers, body)
        if headers.get("Accept") != "application/json":
            return self._no(200, "without it GitHub answers with a form")
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, SECRET):
            return 200, {"error": "incorrect_client_credentials"}
        asked = self._taken(form)
        if asked is None:
            return 200, {"error": "bad_verification_code"}
        self.held["gho_token"] = asked.get("scope", "").split()
        return 200, {"access_token": "gho_token", "token_type": "bearer", "scope": ",".join(self.held["gho_token"])}

    def _scopes(self, headers):
        if not headers.get("User-Agent", "").startswith("recviewer/") or "X-GitHub-Api-Version" not in headers:
            self.wrong.append("no user agent, or no version of the API")
        return self.held.get(headers.get("Authorization", "").removeprefix("Bearer "))

    def _of_user(self, headers, told):
        scopes = self._scopes(headers)
        if scopes is None:
            return self._no(401, "bad credentials")
        if told is self.mails and "user:email" not in scopes:
            return self._no(404, "addresses without the scope")
        return 200, told

    def _membership(self, org, headers):
        if "read:org" not in (self._scopes(headers) or ()):
            return self._no(403, "organisations without the scope")
        return (200, {"state": self.orgs[org]}) if org in self.orgs else (404, {"message": "Not Found"})


def _handler(issuer):  # noqa: C901 - one method for each way to fail
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *words):
            pass

        def _take(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if urlsplit(self.path).path in ("/authorize", "/login/oauth/authorize"):
                told = issuer.visit(f"{issuer.url}{self.path}", back=issuer.back)  # a browser of its own
                return self._send(302, None, b"", Location=f"{issuer.back}?{urlencode(told)}")
            fault = issuer.faults.get(urlsplit(self.path).path)
            if fault is None:
                return self._send(*issuer.answer(self.command, self.path, self.headers, body))
            issuer.calls.append((self.command, urlsplit(self.path).path))
            self.close_connection = True
            if isinstance(fault, int):
                return self._send(fault, {"error": "as asked"})
            return getattr(self, f"_{fault}")()

        def _gone(self):
            self.connection.shutdown(socket.SHUT_RDWR)

        def _slow(self):
            time.sleep(1)

        def _drip(self):
            try:
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
                for _ in range(200):
                    self.wfile.write(b"X")
                    self.wfile.flush()
                    time.sleep(0.02)
            except OSError:
                pass

        def _html(self):
            self._send(200, None, b"<html>sorry</html>")

        def _list(self):
            self._send(200, [])

        def _redirect(self):
            self._send(302, None, b"", Location=f"{issuer.url}/elsewhere")

        def _send(self, status, data, text=None, **headers):
            text = json.dumps(data).encode() if text is None else text
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.send_header("Connection", "close")  # a browser would keep it open for longer than this lives
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = _take

    return Handler
