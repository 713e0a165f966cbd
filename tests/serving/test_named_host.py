"""A hosted instance refuses requests that do not say which host they are for."""

from recviewer.serving.named_host import demanded


def test_a_request_without_a_host_is_refused():
    started = []
    application = demanded(lambda environ, start: [environ["HTTP_HOST"].encode()])
    for environ in ({}, {"HTTP_HOST": ""}, {"HTTP_HOST": " "}):
        [body] = application(environ, lambda status, head: started.append((status, dict(head)["Content-Length"])))
        assert started.pop() == ("400 Bad Request", str(len(body)))
        assert b"Host is missing" in body
    assert application({"HTTP_HOST": "a.example"}, None) == [b"a.example"]
