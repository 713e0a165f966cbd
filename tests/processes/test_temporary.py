"""Which process holds a file."""

from recviewer.processes.temporary import hold_beside


def test_one_at_a_time_holds_a_file_that_is_written(tmp_path):
    found, other = str(tmp_path / "found.json"), str(tmp_path / "other.json")

    assert [hold_beside(found), hold_beside(found), hold_beside(other)] == [True, False, True]
