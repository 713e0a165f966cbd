import pytest

from recviewer.hosts.client import HostClient
from recviewer.hosts.configured import KINDS
from tests.hosts.stand_in import PROJECT, TOKEN, StandIn


@pytest.fixture(params=["github", "gitlab", "forgejo"])
def kind(request):
    return request.param


@pytest.fixture
def stand_in(kind):
    made = StandIn(kind)
    yield made
    made.close()


@pytest.fixture
def host(kind):
    return KINDS[kind.upper()](PROJECT)


@pytest.fixture
def client(stand_in, host):
    return HostClient(stand_in.api, host.headers(TOKEN), seconds=1)
