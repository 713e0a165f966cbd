"""The code flow against an issuer of our own: who is believed, and what is not."""

import time

import jwt
import pytest

from recviewer.hosts.calls import HostDown, HostRefused
from recviewer.issuers import calling, oidc
from recviewer.issuers.model import NotBelieved, round_trip
from recviewer.issuers.oidc import OpenIdLogin, person_of
from tests.issuers.stand_in_issuer import BACK, CLIENT, SECRET, jwk, key_of


def login_of(issuer, **more):
    return OpenIdLogin(issuer.url, CLIENT, SECRET, BACK, **more)


def person(issuer, **more):
    login, begun = login_of(issuer, **more), round_trip()
    return login.person(issuer.visit(login.address(begun))["code"], begun)


def test_who_signed_in_there_is_known_by_what_the_issuer_calls_them(issuer):
    found = person(issuer)

    assert (found.subject, found.name, found.mails) == ("s-1", "ana", {"ana@acme.example"})
    assert issuer.wrong == []
    assert [path for _, path in issuer.calls] == ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"]


def test_what_an_issuer_says_of_itself_is_asked_once(issuer):
    person(issuer)
    del issuer.calls[:]

    person(issuer)

    assert [path for _, path in issuer.calls] == ["/token", "/userinfo"]


@pytest.mark.parametrize("alg", ["RS256", "PS256"])
def test_keys_of_rsa(issuer, alg):
    issuer.key, issuer.alg = key_of("RSA"), alg

    assert person(issuer).subject == "s-1"


def test_a_key_without_a_name_is_the_only_one(issuer):
    issuer.kid, issuer.keys = None, [jwk(key_of(), "k1"), jwk(key_of(), "k2", use="enc")]

    assert person(issuer).subject == "s-1"


def test_the_secret_goes_as_the_issuer_wants_it(issuer):
    issuer.said = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}

    assert person(issuer).subject == "s-1"
    assert issuer.wrong == []


def test_a_new_key_is_found(issuer):
    person(issuer)
    issuer.key, issuer.kid = key_of("EC", "two"), "k2"

    assert person(issuer).subject == "s-1"
    assert issuer.calls.count(("GET", "/keys")) == 2


def claims(**told):
    return lambda issuer: issuer.claims.update(told)


def unsigned(issuer):
    issuer.tokens = lambda claims: jwt.encode(claims, None, algorithm="none")


def of_secret(issuer):
    issuer.tokens = lambda claims: jwt.encode(claims, SECRET.ljust(32), algorithm="HS256", headers={"kid": "k1"})


def of_public_key(issuer):
    """The old trick: the public key of RSA, taken as a secret."""
    issuer.keys = [jwk(key_of("RSA"), "k1", "RS256")]
    secret = issuer.keys[0]["n"].encode()
    issuer.tokens = lambda claims: jwt.encode(claims, secret, algorithm="HS256", headers={"kid": "k1"})


def of_another_key(issuer):
    issuer.tokens = lambda claims: jwt.encode(claims, key_of("EC", "two"), algorithm="ES256", headers={"kid": "k1"})


def unknown_key(issuer):
    issuer.tokens = lambda claims: jwt.encode(claims, key_of("EC", "two"), algorithm="ES256", headers={"kid": "k9"})


def own_key(issuer):
    """A key that comes with the token is nobody's."""
    key = key_of("EC", "two")
    head = {"kid": "k9", "jwk": jwk(key, "k9")}
    issuer.tokens = lambda claims: jwt.encode(claims, key, algorithm="ES256", headers=head)


def changed(issuer):
    def made(claims):
        head, _, end = issuer.signed(claims).split(".")
        return f"{head}.{issuer.signed(claims | {'sub': 's-2'}).split('.')[1]}.{end}"

    issuer.tokens = made


def word(text):
    return lambda issuer: setattr(issuer, "tokens", lambda claims: text)


def two_keys(issuer):
    issuer.kid, issuer.keys = None, [jwk(key_of(), "k1"), jwk(key_of("EC", "two"), "k2")]


def keys(*rows):
    return lambda issuer: setattr(issuer, "keys", list(rows))


BAD = {
    "wrong nonce": claims(nonce="x" * 43),
    "no nonce": claims(nonce=None),
    "odd nonce": claims(nonce=["x"]),
    "wrong audience": claims(aud="somebody else"),
    "no audience": claims(aud=None),
    "audiences without us": claims(aud=["one", "two"]),
    "audiences, made for another": claims(aud=[CLIENT, "other"], azp="other"),
    "audiences, nobody says for whom": claims(aud=[CLIENT, "other"]),
    "made for another": claims(azp="other"),
    "wrong issuer": claims(iss="https://elsewhere.example"),
    "no issuer": claims(iss=None),
    "expired": claims(exp=int(time.time()) - 100),
    "no end": claims(exp=None),
    "from the future": claims(iat=int(time.time()) + 1000),
    "not yet": claims(nbf=int(time.time()) + 1000),
    "no subject": claims(sub=None),
    "empty subject": claims(sub=""),
    "long subject": claims(sub="s" * 256),
    "somebody else by userinfo": lambda issuer: issuer.info.update(sub="s-2"),
    "unsigned": unsigned,
    "a secret for a key": of_secret,
    "a public key for a secret": of_public_key,
    "another key": of_another_key,
    "unknown key": unknown_key,
    "a key of its own": own_key,
    "changed": changed,
    "two keys that may be meant": two_keys,
    "no token": word(None),
    "no text": word(7),
    "empty": word(""),
    "three words": word("a.b.c"),
    "long": word("a" * 100_001),
    "keys of another kind": keys({"kid": "k1", "kty": "RSA", "n": "AQAB", "e": "AQAB"}),
    "keys for another way": keys(jwk(key_of(), "k1") | {"alg": "ES384"}),
    "keys that are none": keys(
        "k1", None, {"kid": "k1", "kty": "EC", "alg": "ES256", "crv": "P-256", "x": "!", "y": 1}
    ),
}


@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD.keys())
def test_what_does_not_hold_is_not_believed(issuer, spoil):
    spoil(issuer)

    with pytest.raises(NotBelieved) as told:
        person(issuer)
    assert SECRET not in str(told.value)


def test_a_code_of_another_way_is_refused(issuer):
    login, mine, other = login_of(issuer), round_trip(), round_trip()
    code = issuer.visit(login.address(other))["code"]

    with pytest.raises(HostRefused, match="invalid_grant"):
        login.person(code, mine)
    assert issuer.wrong == ["the verifier is not that of the challenge"]


def test_a_code_is_good_once(issuer):
    login, begun = login_of(issuer), round_trip()
    code = issuer.visit(login.address(begun))["code"]
    login.person(code, begun)

    with pytest.raises(HostRefused):
        login.person(code, begun)


PLACES = ["/.well-known/openid-configuration", "/token", "/keys", "/userinfo"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", [500, 503, "gone", "html", "drip"])
def test_an_issuer_that_is_in_trouble_is_down(issuer, place, fault, monkeypatch):
    issuer.faults[place] = fault
    if fault == "drip":
        monkeypatch.setattr(calling, "SECONDS", 0.25)
    began = time.monotonic()

    with pytest.raises(HostDown):
        person(issuer)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", [400, 403, "redirect", "list"])
def test_what_is_no_answer_is_refused(issuer, place, fault):
    issuer.faults[place] = fault

    with pytest.raises((HostRefused, NotBelieved)):
        person(issuer)
    assert ("GET", "/elsewhere") not in issuer.calls


@pytest.mark.slow
def test_one_that_is_slow_is_down_and_not_asked_again_at_once(issuer, monkeypatch):
    issuer.faults["/token"] = "slow"
    monkeypatch.setattr(calling, "SECONDS", 0.25)
    with pytest.raises(HostDown):
        person(issuer)
    count = len(issuer.calls)

    with pytest.raises(HostDown, match="a moment ago"):
        person(issuer)
    assert len(issuer.calls) == count

    calling.forget()
    issuer.faults.clear()
    monkeypatch.setattr(calling, "SECONDS", 5)
    assert person(issuer).subject == "s-1"


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
@pytest.mark.parametrize(
    "address",
    [
        "https://elsewhere.example/x",
        "http://169.254.169.254/latest/meta-data/",
        "http://127.0.0.1:1/x",
        "http://localhost/x",
        "file:///etc/passwd",
        "{url}@elsewhere.example/x",
        "//elsewhere.example/x",
        "{url}/x#y",
        "{url}/x y",
        "{url}/x\r\nHost: y",
        7,
    ],
)
def test_no_address_of_another_place_is_called(issuer, name, address):
    issuer.said[name] = address.format(url=issuer.url) if isinstance(address, str) else address

    with pytest.raises(NotBelieved, match="not its own"):
        person(issuer)
    assert [path for _, path in issuer.calls] == ["/.well-known/openid-configuration"]


def test_places_that_the_operator_names_are_called(issuer):
    issuer.said["jwks_uri"] = issuer.url.replace("127.0.0.1", "localhost") + "/keys"

    assert person(issuer, others=frozenset({issuer.url.replace("127.0.0.1", "localhost")})).subject == "s-1"


@pytest.mark.parametrize("name", [None, "https://elsewhere.example", "{url}/", ["{url}"]])
def test_an_issuer_that_calls_itself_otherwise_is_another(issuer, name):
    issuer.said["issuer"] = name.format(url=issuer.url) if isinstance(name, str) else name

    with pytest.raises(NotBelieved, match="calls itself"):
        person(issuer)


def test_without_userinfo_the_token_says_it(issuer):
    issuer.said["userinfo_endpoint"] = None

    assert person(issuer).mails == {"ana@acme.example"}


def about(more=None, **told):
    return person_of({"sub": "s-1", **told}, more or {})


def test_an_address_counts_where_the_same_answer_says_that_it_was_verified():
    mail = "ana@acme.example"
    assert about(email=mail).mails == set()
    assert about(email=mail, email_verified=False).mails == set()
    assert about(email=mail, email_verified="yes").mails == set()
    assert about(email=mail, email_verified="true").mails == {mail}
    assert about({"email": "boss@acme.example"}, email=mail, email_verified=True).mails == set()
    assert about({"email_verified": True}, email=mail).mails == set()
    assert about(email="a@b@acme.example", email_verified=True).mails == set()
    assert about(email=[mail], email_verified=True).mails == set()


def test_a_name_is_one_that_nobody_takes_for_another():
    mail = {"email": "ana@acme.example", "email_verified": True}
    assert about(preferred_username="ana").name == "ana"
    assert about(preferred_username="аna").name == ""  # the first letter is Cyrillic
    assert about(preferred_username="a b", **mail).name == "ana@acme.example"
    assert about(preferred_username="-x").name == ""
    assert about(preferred_username={"x": 1}).name == ""
    assert about(groups=["Acme", 7], more={"groups": ["Ops"]}).groups == {"acme", "ops"}
    assert about(groups="acme").groups == set()


def test_only_so_many_ask_at_once(issuer, monkeypatch):
    monkeypatch.setattr(calling, "PATIENCE", 0.01)
    held = [calling._turns.acquire() for _ in range(calling.AT_ONCE)]

    with pytest.raises(Exception, match="too many"):
        person(issuer)

    for _ in held:
        calling._turns.release()
    assert person(issuer).subject == "s-1"
    assert oidc.LEEWAY <= 60
