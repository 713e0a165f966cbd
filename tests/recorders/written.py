"""One exchange in the files of each recorder that keeps HTTP, and its reply in each layout that it may have been sent in."""

import base64
import gzip
import json
import struct
import zlib


def compact(value):
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if text.isprintable() else json.dumps(value, separators=(",", ":"))  # half a character is no UTF-8


def _lines(text):
    """Return a text as libyaml and others take it: JSON's spelling of it is YAML's too."""
    return (
        json.dumps(text, ensure_ascii=False)
        .replace("\x7f", "\\x7f")
        .replace("\x85", "\\x85")
        .replace("\ufeff", "\\uFEFF")
    )


def _binary(body):
    return f"!!binary {base64.b64encode(body).decode()}"


def _yaml(body):
    return _binary(body) if isinstance(body, bytes) else _lines(body)


def vcrpy(method, url, asked, given):
    request = f"{{method: {method}, uri: {_lines(url)}, headers: {{}}, body: {_lines(asked)}}}"
    response = f"{{status: {{code: 200, message: OK}}, headers: {{}}, body: {{string: {_yaml(given)}}}}}"
    return f"interactions:\n- request: {request}\n  response: {response}\nversion: 1\n"


def ruby_vcr(method, url, asked, given):
    request = f"{{method: {method.lower()}, uri: {_lines(url)}, body: {{encoding: UTF-8, string: {_lines(asked)}}}}}"
    body = f"{{encoding: ASCII-8BIT, string: {_yaml(given).replace('!!', '!')}}}"
    response = f"{{status: {{code: 200, message: OK}}, headers: {{}}, body: {body}}}"
    return f"---\nhttp_interactions:\n- request: {request}\n  response: {response}\nrecorded_with: VCR 6.4.0\n"


def go_vcr(method, url, asked, given):
    request = f"{{url: {_lines(url)}, method: {method}, headers: {{}}, body: {_lines(asked)}}}"
    response = f"{{status: 200 OK, code: 200, headers: {{}}, body: {_yaml(given)}}}"
    return f"---\nversion: 2\ninteractions:\n- id: 0\n  request: {request}\n  response: {response}\n"


def httpmock(method, url, asked, given):
    body = base64.b64encode(given).decode() if isinstance(given, bytes) else given
    way = "\n  body_encoding: base64" if isinstance(given, bytes) else ""
    path = "/" + url.split("://")[-1].partition("/")[2]
    then = f"then:\n  status: 200\n  body: {_lines(body)}{way}\n"
    return f"when:\n  path: {_lines(path)}\n  method: {method}\n  body: {_lines(asked)}\n{then}"


def langchain(method, url, asked, given):
    request = f"- body: {_binary(asked.encode())}\n  headers: {{}}\n  method: {method}\n  uri: {_lines(url)}\n"
    response = f"- body: {{string: {_yaml(given)}}}\n  headers: {{}}\n  status: {{code: 200, message: OK}}\n"
    return f"requests:\n{request}responses:\n{response}"


def test_proxy(method, url, asked, given):
    headers = {}
    if isinstance(given, bytes):
        given, headers = base64.b64encode(given).decode(), {"Content-Type": "application/octet-stream"}
    elif _is_json(given):
        given = json.loads(given)
    else:
        given = given.splitlines(keepends=True)
    entry = {
        "RequestUri": url,
        "RequestMethod": method,
        "RequestHeaders": {},
        "RequestBody": json.loads(asked),
        "StatusCode": 200,
        "ResponseHeaders": headers,
        "ResponseBody": given,
    }
    return json.dumps({"Entries": [entry], "Variables": {}}, indent=2)


def _is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def httprr(method, url, asked, given):
    host = url.partition("://")[2].partition("/")[0]
    body = given if isinstance(given, bytes) else given.encode()
    sent = f"{method} {url} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(asked.encode())}\r\n\r\n{asked}".encode()
    half = len(body) // 2
    pieces = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (body[:half], body[half:]) if one)
    came = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n"
    return b"httprr trace v1\n%d %d\n" % (len(sent), len(came)) + sent + came


def har(method, url, asked, given):
    content = (
        {"text": given} if isinstance(given, str) else {"text": base64.b64encode(given).decode(), "encoding": "base64"}
    )
    entry = {
        "startedDateTime": "2026-01-01T00:00:00Z",
        "request": {"method": method, "url": url, "headers": [], "postData": {"text": asked}},
        "response": {"status": 200, "headers": [], "content": content},
    }
    return json.dumps({"log": {"version": "1.2", "entries": [entry]}})


def nock(method, url, asked, given):
    host, path = url.split("://")[-1].partition("/")[::2]
    definition = {"scope": f"https://{host}:443", "method": method, "path": f"/{path}", "body": json.loads(asked)}
    if not isinstance(given, bytes):
        definition |= {"status": 200, "response": given}
    elif given[:2] == b"\x1f\x8b":
        definition |= {"status": 200, "response": [given[:20].hex(), given[20:].hex()]}
    else:
        definition |= {"status": 200, "response": given.hex(), "responseIsBinary": True}
    return json.dumps([definition])


def wiremock(method, url, asked, given):
    key, body = ("base64Body", base64.b64encode(given).decode()) if isinstance(given, bytes) else ("body", given)
    path = "/" + url.split("://")[-1].partition("/")[2]
    request = {"url": path, "method": method, "bodyPatterns": [{"equalToJson": asked}]}
    return json.dumps({"id": "1", "request": request, "response": {"status": 200, "headers": {}, key: body}})


def vcr_json(method, url, asked, given):
    body = {"base64_string": base64.b64encode(given).decode()} if isinstance(given, bytes) else {"string": given}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": body}
    request = {"method": method, "uri": url, "headers": {}, "body": asked}
    return json.dumps({"version": 1, "interactions": [{"request": request, "response": response}]})


RECORDERS = {
    "vcrpy": (vcrpy, "tests/cassettes/test_a/test_b.yaml"),
    "ruby-vcr": (ruby_vcr, "spec/fixtures/vcr_cassettes/a.yml"),
    "go-vcr": (go_vcr, "a/testdata/TestA/b.yaml"),
    "httpmock": (httpmock, "tests/cassettes/acme/a/b.yaml"),
    "langchain": (langchain, "tests/cassettes/test_a.yaml"),
    "test-proxy": (test_proxy, "tests/SessionRecords/A/B.json"),
    "httprr": (httprr, "a/testdata/TestA.httprr"),
    "har": (har, "recordings/a.har"),
    "nock": (nock, "fixtures/a.json"),
    "wiremock": (wiremock, "mappings/a.json"),
    "vcr-json": (vcr_json, "tests/cassettes/a.json"),
}
"""By name what writes a file, and where such a file lies."""


def events(elements):
    return "".join(f"data: {compact(one)}\n\n" for one in elements)


def lines(elements):
    return "".join(f"{compact(one)}\n" for one in elements)


def listed(elements):
    return "[" + ",\n".join(map(compact, elements)) + "]"


def aws(elements):
    """Return an event stream of AWS: each element is an object of one key, which names the event."""
    made = b""
    for one in elements:
        ((name, payload),) = one.items()
        headers = _header(":event-type", name) + _header(":message-type", "event")
        body = compact(payload).encode()
        head = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
        message = head + struct.pack(">I", zlib.crc32(head)) + headers + body
        made += message + struct.pack(">I", zlib.crc32(message))
    return made


def _header(name, value):
    return bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()


def packed(given):
    return gzip.compress(given if isinstance(given, bytes) else given.encode(), mtime=0)
