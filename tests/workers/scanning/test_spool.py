"""Files that grow: they are cut back to what was saved, and a file that lost something is not taken up."""

import numpy as np
import pytest

from workers.scanning.lookup import Lookup
from workers.scanning.spool import Spool


def test_what_was_appended_behind_the_save_is_forgotten(tmp_path) -> None:
    spool = Spool(tmp_path / "x")
    spool.append(b"saved")
    length = spool.length()
    spool.append(b" and lost")
    spool.length()
    again = Spool(tmp_path / "x")
    again.cut_to(length)
    again.append(b"!")
    assert again.array("S1").tolist() == [b"s", b"a", b"v", b"e", b"d", b"!"]
    with again.opened() as pages:
        assert pages.read(2, 3) == b"ved"


def test_a_file_that_lost_what_was_saved_is_refused(tmp_path) -> None:
    spool = Spool(tmp_path / "x")
    spool.append(b"saved")
    length = spool.length()
    (tmp_path / "x").write_bytes(b"sav")
    with pytest.raises(ValueError, match="holds 3 bytes where 5 were saved"):
        Spool(tmp_path / "x").cut_to(length)


def test_a_lookup_finds_what_is_in_the_table_and_nothing_else() -> None:
    source = np.random.default_rng(1)
    table = np.unique(source.integers(0, 2**64, 5000, dtype=np.uint64))
    others = source.integers(0, 2**64, 5000, dtype=np.uint64)
    hashes = np.concatenate((table[::7], others, table[:3]))
    at, places = Lookup(table).find(hashes)
    assert (hashes[at] == table[places]).all()
    assert set(at.tolist()) == {place for place, value in enumerate(hashes) if value in set(table.tolist())}
    nothing = Lookup(table[:0]).find(hashes)
    assert (len(nothing[0]), len(nothing[1])) == (0, 0)
