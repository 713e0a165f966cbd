"""A cassette out of which a patch cuts one exchange, applied by git."""

import subprocess
from pathlib import Path

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.plan import model as plans
from recviewer.plan import tree
from recviewer.recorders.reading import read_file

CASES = Path(__file__).parent.parent / "recorders" / "cases"


def git(place, *words, **more):
    return subprocess.run(["git", *words], cwd=place, check=True, capture_output=True, **more)


def test_git_applies_the_patch_and_every_other_byte_stays(client, root, db):
    place = root / "tests" / "cassettes" / "test_sky" / "test_planets.yaml"
    place.parent.mkdir(parents=True)
    data = (CASES / "vcrpy/test_planets.yaml").read_bytes()
    place.write_bytes(data)
    git(root, "init", "-q")
    git(root, "add", ".")
    indexer.refresh(processes=1)
    row = Recording.objects.order_by("place")[1]
    client.post("/do/decide", {"key": row.path, "seen": row.blob, "verdict": "delete"})

    made = b"".join(plans.patch(tree.make()))
    git(root, "apply", "--index", input=made)

    left = place.read_bytes()
    [part] = [one for one in read_file(data, place.name) if one.part == row.part]
    assert left == data[: part.start] + data[part.end :]
    indexer.refresh(processes=1)
    assert Recording.objects.count() == 2
    assert not Recording.objects.filter(path=row.path).exists()
