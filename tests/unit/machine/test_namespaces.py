"""Who has what mounted in a mount namespace of its own."""

from __future__ import annotations

from pathlib import Path

from bootmirror.machine.namespaces import mounted_elsewhere, named, other_namespaces, way_out
from tests.unit.machine.proc import CONTAINER, OURS, SERVICE, Processes


def pids(host: Processes) -> list[int]:
    return [found.pid for found in other_namespaces(host, lambda mount: mount.devno == "9:0")]


def test_each_other_namespace_is_told_once_by_its_first_process(tmp_path: Path) -> None:
    host = Processes(tmp_path)
    host.process("1", "systemd", OURS, "20 9:0 / /copy")
    host.process("1200", "worker", SERVICE, "30 9:0 / /copy")
    host.process("900", "main", SERVICE, "30 9:0 / /copy", "31 8:1 / /")
    host.process("950", "other", CONTAINER, "40 8:1 / /")
    (found,) = other_namespaces(host, lambda mount: mount.devno == "9:0")
    assert (found.pid, found.process) == (900, "main")
    assert [mount.number for mount in found.mounts] == [30]


def test_a_process_with_another_root_may_see_what_the_first_does_not(tmp_path: Path) -> None:
    host = Processes(tmp_path)
    host.process("900", "jailed", SERVICE, root="/srv/jail")
    host.process("901", "main", SERVICE, "30 9:0 / /copy")
    assert pids(host) == [901]


def test_a_process_that_ends_meanwhile_hides_no_other_of_its_namespace(tmp_path: Path) -> None:
    host = Processes(tmp_path)
    for pid in ("900", "901"):
        host.process(pid, "main", SERVICE, "30 9:0 / /copy")
    (tmp_path / "proc/900/mountinfo").unlink()
    (tmp_path / "proc/902").mkdir()
    assert pids(host) == [901]


def test_what_lies_on_a_device_counts_as_it(tmp_path: Path) -> None:
    """A partition is in an array, and the array in a volume group."""
    host = Processes(tmp_path)
    host.device("sdz1", "8:17", "md9")
    host.device("md9", "9:9", "dm-3")
    host.device("dm-3", "253:3")
    host.process("900", "main", SERVICE, "30 253:3 / /home")
    host.process("901", "other", CONTAINER, "40 253:4 / /home")
    assert [found.pid for found in mounted_elsewhere(host, ["/dev/sdz1"])] == [900]
    assert mounted_elsewhere(host, ["/dev/none"]) == ()


def test_processes_are_named_cleaned_and_a_few_of_them(tmp_path: Path) -> None:
    host = Processes(tmp_path)
    for number in range(4):
        host.process(f"90{number}", f"evil\x1b[{number}m", f"mnt:[9{number}]", "30 9:0 / /copy")
    found = other_namespaces(host, lambda _mount: True)
    assert named(found) == ("evil\\x1b[0m (process 900), evil\\x1b[1m (process 901), "
                            "evil\\x1b[2m (process 902) and others")
    assert "systemctl status 900 901 902" in way_out(found)
