import re

import pytest

from recviewer.several import plan as plans
from recviewer.several import proxies


@pytest.fixture(params=["https://recordings.example.com", "https://recordings.example.com/recordings"])
def plan(request, told):
    return plans.of(told | {"address": request.param})


@pytest.mark.parametrize("kind", proxies.KINDS)
def test_each_path_leads_to_its_port_and_no_figures_lead_out(plan, kind):
    lines = proxies.lines(plan, kind)
    top = plan.address.removeprefix("https://recordings.example.com")
    way = r"location (\S+) \{\s+proxy_pass http://127.0.0.1:(\d+)" if kind == "nginx" else (
        r"handle (\S+)\* \{\s+reverse_proxy 127.0.0.1:(\d+)"
    )  # fmt: skip

    assert re.findall(way, lines) == [
        (f"{top}/rockets/", "8001"),
        (f"{top}/gliders/", "8002"),
        (f"{top}/", "8000"),
    ]
    for path in ("/rockets/metrics", "/rockets/desk", "/gliders/metrics", "/gliders/desk"):
        assert f"{top}{path}" in lines
    assert lines.count("{") == lines.count("}")
    assert "http2 on" not in lines  # nginx knows it since 1.25, and Debian 12 has 1.22
