import pytest

from recviewer.issuers import calling, oidc
from tests.issuers.stand_in_issuer import StandInIssuer


@pytest.fixture
def issuer(monkeypatch):
    made = StandInIssuer()
    monkeypatch.setattr(calling, "SECONDS", 5)
    calling.forget()
    oidc.forget()
    yield made
    made.close()
    calling.forget()


@pytest.fixture
def github(monkeypatch):
    made = StandInIssuer("github")
    monkeypatch.setattr(calling, "SECONDS", 5)
    calling.forget()
    yield made
    made.close()
    calling.forget()
