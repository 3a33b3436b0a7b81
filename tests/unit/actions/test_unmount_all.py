"""What services and containers have of our mounts goes with ours; nobody else's does."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from bootmirror.actions.disks import MakeSureUnused, StopArrays
from bootmirror.actions.mounts import UnmountAll
from bootmirror.actions.places import TARGET
from bootmirror.errors import CommandFailed, Refused, StepFailed
from bootmirror.host import identity
from bootmirror.host.host import Result
from tests.unit.machine.proc import CONTAINER, SERVICE, Processes

COPY = (f"50 9:0 / {TARGET}", f"51 9:1 / {TARGET}/boot", f"52 0:5 / {TARGET}/dev")


class Notes:
    """A report whose notes are kept."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def progress(self, done: int, total: int, **_rest: object) -> None: ...
    def result(self, text: str) -> None: ...

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Processes:
    """The copy is mounted; a wait takes no time."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    host = Processes(tmp_path)
    host.mounted("self", "20 8:1 / /", "21 0:20 / /run", *COPY)
    return host


def elsewhere(host: Processes) -> list[tuple[str, list[str]]]:
    """In which process's namespace what was unmounted, by number."""
    return [(words[4], words[5::2]) for words in host.ran if words[0] != "umount"]


def test_where_nobody_else_has_it_no_more_is_run(host: Processes) -> None:
    host.process("900", "main", SERVICE, "60 8:1 / /", "61 0:20 / /run")
    UnmountAll(TARGET).perform(host, Notes())
    assert host.ran == [["umount", f"{TARGET}/dev"], ["umount", f"{TARGET}/boot"],
                        ["umount", TARGET]]


def test_a_services_own_mounts_of_it_go_the_last_first(host: Processes) -> None:
    host.process("900", "main", SERVICE, "60 8:1 / /", f"61 9:0 / {TARGET}",
                 f"62 9:1 / {TARGET}/boot")
    UnmountAll(TARGET).perform(host, Notes())
    assert elsewhere(host) == [("900", ["62", "61"])]
    assert host.ran[-1][:3] == [sys.executable, "-I", "-S"]


def test_what_an_earlier_try_left_there_goes_too(host: Processes) -> None:
    host.mounted("self", "20 8:1 / /")
    host.process("900", "main", SERVICE, f"61 9:0 / {TARGET}")
    host.device("sdz1", "8:17", "md0")
    host.device("md0", "9:0")
    UnmountAll(TARGET, needed=("/dev/sdz1",)).perform(host, Notes())
    assert elsewhere(host) == [("900", ["61"])]


def test_what_somebody_mounts_at_that_path_is_his_own(host: Processes) -> None:
    """In a user namespace anybody can."""
    host.process("900", "sleep", SERVICE, "60 0:90 / /run", f"61 0:91 / {TARGET}")
    UnmountAll(TARGET).perform(host, Notes())
    assert elsewhere(host) == []


def test_in_a_container_it_lies_below_another_root_and_is_known_by_what_it_is(
    host: Processes
) -> None:
    host.process(
        "900", "main", CONTAINER, "60 8:1 / /rootfs", f"61 9:0 / /rootfs{TARGET}",
        f"62 9:7 / /other{TARGET}",  # another file system
        f"63 9:0 /var /third{TARGET}",  # another directory of it
        "64 9:0 / /srv/copy", f"65 9:0 / {TARGET}-not")  # another place
    UnmountAll(TARGET).perform(host, Notes())
    assert elsewhere(host) == [("900", ["61"])]


def test_where_others_may_mount_only_our_own_namespace_is_touched(host: Processes) -> None:
    host.mounted("self", "20 8:1 / /", "21 8:1 /boot/new /boot/grub/i386-pc")
    host.process("900", "main", SERVICE, "61 8:1 /boot/new /boot/grub/i386-pc")
    UnmountAll("/boot/grub/i386-pc").perform(host, Notes())
    assert host.ran == [["umount", "/boot/grub/i386-pc"]]


def test_what_stays_is_told_with_who_has_it_and_stops_only_what_needs_it_gone(
    host: Processes
) -> None:
    """A first boot is confirmed although some service looks at what was the old disk's."""
    host.process("900", "node\x1bexporter", SERVICE, f"61 9:0 / {TARGET}")
    host.device("md0", "9:0")
    host.device("md1", "9:1")
    host.busy = True
    who = "the mount namespace of node\\x1bexporter (process 900)."
    notes = Notes()
    UnmountAll(TARGET).perform(host, notes)
    UnmountAll(TARGET, needed=("/dev/md1",)).perform(host, notes)
    assert notes.notes == [f"{TARGET} is still mounted in {who}"]
    with pytest.raises(StepFailed) as caught:
        UnmountAll(TARGET, needed=("/dev/md0",)).perform(host, notes)
    assert caught.value.message == f"What {TARGET} was for is still mounted in {who}"
    assert caught.value.hint == (
        "Restart or stop the service, or end the program (systemctl status 900 names it), then "
        "go on.")


def test_more_than_a_command_may_have_is_taken_in_turns(host: Processes) -> None:
    mounts = [f"{number} 9:0 / {TARGET}/{number}" for number in range(1000, 1250)]
    host.process("900", "main", SERVICE, *mounts)
    UnmountAll(TARGET).perform(host, Notes())
    first, second = elsewhere(host)
    assert first == ("900", [str(number) for number in range(1249, 1049, -1)])
    assert second == ("900", [str(number) for number in range(1049, 999, -1)])


def test_an_array_that_is_held_elsewhere_is_told_with_who_holds_it(
    host: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    members = host.top / "sys/block/md9/md"
    (members / "dev-sdz1").mkdir(parents=True)
    host.device("md9", "9:9")

    def fails(argv: list[str], **_rest: object) -> Result:
        raise CommandFailed(argv, 1, "mdadm: Cannot get exclusive access to /dev/md9")
    monkeypatch.setattr(host, "run", fails)
    with pytest.raises(CommandFailed, match="exclusive access") as caught:
        StopArrays("sdz").perform(host, Notes())
    assert "look at lsblk" in caught.value.hint
    host.process("900", "main", SERVICE, f"61 9:9 / {TARGET}")
    with pytest.raises(CommandFailed) as caught:
        StopArrays("sdz").perform(host, Notes())
    assert "the mount namespace of main (process 900). Restart or stop" in caught.value.hint


def test_a_disk_that_is_held_elsewhere_is_refused_with_who_holds_it(
    host: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(path: str, _mode: int) -> int:
        raise Refused(f"{path} cannot be opened for us alone.", "Something still uses it.")
    monkeypatch.setattr(identity, "_open_alone", refuses)
    monkeypatch.setattr(time, "monotonic", iter(range(0, 1000, 10)).__next__)
    monkeypatch.setattr(host, "exists", lambda _path: True)
    host.device("sdz", "8:16")
    host.device("sdz1", "8:17")
    unused = MakeSureUnused(("/dev/sdz", "/dev/sdz1"))
    with pytest.raises(Refused) as caught:
        unused.perform(host, Notes())
    assert caught.value.hint == "Something still uses it."
    host.process("900", "main", SERVICE, "61 8:17 / /run/bootmirror/source")
    with pytest.raises(Refused) as caught:
        unused.perform(host, Notes())
    assert "the mount namespace of main (process 900)" in caught.value.hint
