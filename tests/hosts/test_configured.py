import pytest

from recviewer.hosts import configured
from recviewer.hosts.configured import ConfiguredHost


@pytest.mark.parametrize("text", ["acme/rockets", "a/b/c", "a.b/c_d-e", "acme/.github"])
def test_projects(text):
    assert configured.project(text) == text


@pytest.mark.parametrize(
    "text", ["acme", "/acme/x", "acme/", "../x", "a/../b", "a/b?c", "a/b#c", "a/b c", "-a/b", "a//b"]
)
def test_what_is_no_project(text):
    with pytest.raises(ValueError, match="owner/name"):
        configured.project(text)


@pytest.mark.parametrize("text", ["https://git.example.com/api/v1/", "http://127.0.0.1:81", "http://[::1]/x"])
def test_bases(text):
    assert configured.api(text) == text.rstrip("/")


@pytest.mark.parametrize(
    "text",
    [
        "http://git.example.com",
        "ftp://x",
        "git.example.com",
        "https://u:p@x",
        "https://x?y",
        "https://x#y",
        "https://",
        "https://x:y",
    ],
)
def test_what_is_no_base(text):
    with pytest.raises(ValueError, match="base of an API"):
        configured.api(text)


def test_secrets_are_not_printed():
    made = ConfiguredHost("GITHUB", "a/b", "https://x", 60, token="t" * 16, secret="s" * 16)

    assert "tttt" not in repr(made)
    assert "ssss" not in repr(made)
