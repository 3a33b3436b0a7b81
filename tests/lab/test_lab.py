"""The lab keeps its promises: the host is not written to, and a machine always ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.conftest import SOURCE
from tests.lab.lab import Lab, LabBroken, running_in


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path / "lab", [SOURCE])


def test_the_hosts_files_cannot_be_written(lab: Lab, tmp_path: Path) -> None:
    probe = tmp_path / "probe"
    script = tmp_path / "try.py"
    script.write_text(
        "import errno, os, sys\n"
        f"places = ['/etc/lab-probe', '/run/host/etc/lab-probe', '/run/host{probe}']\n"
        "for place in places:\n"
        "    try:\n"
        "        open(place, 'w')\n"
        "    except OSError as error:\n"
        "        assert error.errno == errno.EROFS, error\n"
        "    else:\n"
        "        sys.exit(f'{place} was written')\n"
        "sys.exit(7)\n"
    )
    outcome = lab.run(script)
    assert (outcome.code, outcome.output) == (7, "")
    assert not probe.exists() and not Path("/etc/lab-probe").exists()
    assert running_in(lab.place) == []


def test_a_machine_that_hangs_is_ended(lab: Lab, tmp_path: Path) -> None:
    script = tmp_path / "hang.py"
    script.write_text("import time\nprint('hanging', flush=True)\ntime.sleep(600)\n")
    with pytest.raises(LabBroken, match="no end after 6 s"):
        lab.run(script, limit=6)
    assert running_in(lab.place) == []


def test_a_machine_can_be_cut_off_and_its_disk_lives_on(lab: Lab, tmp_path: Path) -> None:
    script = tmp_path / "write.py"
    script.write_text(
        "import os, time\n"
        "disk = os.open('/dev/sda', os.O_RDWR)\n"
        "print(os.pread(disk, 4, 0), flush=True)\n"
        "os.pwrite(disk, b'kept', 0)\n"
        "os.fsync(disk)\n"
        "print('cut here', flush=True)\n"
        "time.sleep(600)\n"
    )
    assert lab.run(script, cut_at="cut here").code is None
    assert running_in(lab.place) == []
    assert "b'kept'" in lab.run(script, cut_at="cut here").output
