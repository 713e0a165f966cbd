"""The bill of materials and the audit of dependencies that CI makes."""

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

CI = Path(__file__).parent.parent / ".ci"


@pytest.mark.slow
def test_the_bill_names_what_is_installed_with_its_version():
    done = subprocess.run([sys.executable, str(CI / "bill.py")], check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    found = {one["name"]: one for one in told["components"]}

    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert found["django"]["version"] == metadata.version("django")
    assert found["django"]["purl"] == f"pkg:pypi/django@{metadata.version('django')}"
    assert "pip" not in found
    assert len({one["bom-ref"] for one in told["components"]}) == len(told["components"])
    needs = {one["ref"]: one["dependsOn"] for one in told["dependencies"]}
    assert found["asgiref"]["purl"] in needs[found["django"]["purl"]]
    assert all(re.fullmatch(r"pkg:pypi/[a-z0-9-]+@\S+", one["purl"]) for one in told["components"])


FINE = {"name": "a", "version": "1", "vulns": []}
FLAWED = {"name": "b", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["2.1"]}]}
UNKNOWN = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("says", "code", "printed"),
    [
        (json.dumps({"dependencies": [FINE]}), 0, "1 packages audited, 0 known flaws\n"),
        (
            json.dumps({"dependencies": [FINE, FLAWED, UNKNOWN]}),
            1,
            "b 2: CVE-1, mended in 2.1\n2 packages audited, 1 known flaws; 1 could not be looked up\n",
        ),
        (json.dumps({"dependencies": [UNKNOWN]}), 0, "0 packages audited, 0 known flaws; 1 could not be looked up\n"),
        ("no connection", 0, "Not audited: nobody was reached who knows of flaws\n"),
        ("", 0, "Not audited: nobody was reached who knows of flaws\n"),
    ],
)
def test_only_flaws_fail_and_what_was_not_looked_up_is_said(tmp_path, says, code, printed):
    tool = tmp_path / "pip-audit"
    tool.write_text(f"#!/bin/sh\ncat <<'END'\n{says}\nEND\nexit 1\n")
    tool.chmod(0o755)

    done = subprocess.run(
        [sys.executable, str(CI / "audit.py"), str(tmp_path), str(tool)], check=False, capture_output=True, text=True
    )

    assert (done.returncode, done.stdout) == (code, printed)


def test_without_the_tool_nothing_fails(tmp_path):
    done = subprocess.run(
        [sys.executable, str(CI / "audit.py"), str(tmp_path), str(tmp_path / "none")],
        check=False, capture_output=True, text=True,
    )  # fmt: skip

    assert done.returncode == 0
    assert done.stdout.startswith("Not audited")
