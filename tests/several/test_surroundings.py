import json
import os
import stat

import pytest

from recviewer.several import plan as plans
from recviewer.several.plan import BadPlan
from recviewer.several.surroundings import account_of, key_of, make_places, variables_of, variables_of_desk


@pytest.fixture
def plan(told):
    made = plans.of(told)
    for one in made.instances:
        make_places(made, one)
    return made


def test_each_has_a_folder_and_a_key_that_nobody_else_reads(plan):
    keys = [key_of(plan, one.name) for one in plan.instances]

    assert len({*keys}) == 2
    assert min(map(len, keys)) >= 50
    assert [key_of(plan, one.name) for one in plan.instances] == keys
    for one in plan.instances:
        assert stat.S_IMODE(plan.home(one.name).stat().st_mode) == 0o700
        assert stat.S_IMODE(plan.key_place(one.name).stat().st_mode) == 0o600


def test_no_variable_of_one_tells_of_another(plan, monkeypatch):
    monkeypatch.setenv("RECVIEWER_HOST_TOKEN", "a-token-of-who-started-it")
    rockets, gliders = (variables_of(plan, one) for one in plan.instances)

    assert "gliders" not in json.dumps(rockets)
    assert "RECVIEWER_HOST_TOKEN" not in rockets
    secrets = ("RECVIEWER_SECRET_KEY", "RECVIEWER_DESK_KEY", "RECVIEWER_METRICS_TOKEN", "RECVIEWER_DATA")
    assert not {rockets[one] for one in secrets} & {gliders[one] for one in secrets}
    assert rockets["RECVIEWER_PUBLIC_URL"] == "https://recordings.example.com/rockets"


def test_the_page_at_the_top_gets_no_key_that_signs(plan):
    told = json.dumps(variables_of_desk(plan))

    for one in plan.instances:
        assert key_of(plan, one.name) not in told
        assert variables_of(plan, one)["RECVIEWER_DATA"] not in told


def test_a_link_in_the_place_of_a_key_is_not_followed(plan):
    place = plan.key_place("rockets")
    place.unlink()
    place.symlink_to("/etc/hostname")

    with pytest.raises(OSError, match="symbolic links"):
        key_of(plan, "rockets")


def test_an_account_that_is_none_and_one_that_we_may_not_be(told, monkeypatch):
    told["one_account"] = False
    plan = plans.of(told)
    with pytest.raises(BadPlan, match="there is no account recviewer-rockets: useradd"):
        account_of(plan, "recviewer-rockets")

    monkeypatch.setattr("recviewer.several.surroundings.is_root", lambda: False)
    with pytest.raises(BadPlan, match="one_account = true"):
        account_of(plan, str(os.geteuid() + 12345))
