"""What a boot comes to, by what came over its two lines and when."""

from __future__ import annotations

import pytest

from bootmirror.rehearsal.hidden import NOTHING, Hidden
from bootmirror.rehearsal.outcome import Outcome, Stage, Verdict
from bootmirror.rehearsal.reasons import SILENT
from bootmirror.rehearsal.watching import ANSWERS, GRACE, REPORTS, Watch
from tests.unit.rehearsal import consoles

TAG = "bootmirror-rehearsal-1"
REPORT = f"""
bootmirror-report begin {TAG}
state up
root /dev/md1
under /dev/md1 raid1
under /dev/sda2 part
under /dev/sda disk
mdstat Personalities : [raid1]
mdstat md1 : active raid1 sda2[0]
mdstat 2094080 blocks super 1.2 [2/1] [U_]
mdstat md0 : active raid1 sda1[0]
mdstat 260096 blocks super 1.2 [2/1] [U_]
bootmirror-report end {TAG}
"""


def watch(
    console: bytes, report: str = "", limit: float = 900.0, hidden: Hidden = NOTHING
) -> Watch:
    """At one second, all of that heard."""
    watched = Watch(TAG, limit, hidden)
    watched.hear(console, report.encode(), 1.0)
    return watched


def outcome(watched: Watch, until: float = 100.0) -> Outcome:
    """The outcome, looked for every half second. A question is asked and not answered."""
    now = 1.0
    while now < until:
        watched.question(now)
        found = watched.decide(now)
        if found is not None:
            return found
        now += 0.5
    raise AssertionError("it was not decided")


def test_a_system_that_reports_its_root_on_the_array_is_proved() -> None:
    found = outcome(watch(consoles.SYSTEM, REPORT))
    assert (found.verdict, found.stage, found.seconds) == (Verdict.PROVED, Stage.UP, 1.0)
    assert found.reason == "It boots, with its root on md1 (raid1 [U_])."
    assert found.hint == ""


def test_it_needs_no_console_for_that() -> None:
    """Most servers' kernels do not write to a serial line."""
    assert outcome(watch(consoles.GRUB, REPORT)).verdict is Verdict.PROVED


def test_what_did_not_come_up_in_it_is_told_too() -> None:
    more = REPORT.replace("bootmirror-report end", "absent /data nofail\nabsent /cd noauto,ro\n"
                          "failed networking.service\nbootmirror-report end")
    found = outcome(watch(consoles.SYSTEM, more))
    assert found.verdict is Verdict.PROVED
    assert found.reason.endswith(
        "; not mounted: /data; not started in the virtual machine: networking.service.")


def test_a_root_on_a_volume_on_the_array_is_on_the_array() -> None:
    more = REPORT.replace("root /dev/md1", "root /dev/mapper/vg-root").replace(
        "under /dev/md1 raid1", "under /dev/mapper/vg-root lvm\nunder /dev/md1 raid1")
    assert "its root on md1" in outcome(watch(consoles.SYSTEM, more)).reason


def test_a_root_that_is_on_no_array_is_not_the_mirror() -> None:
    more = REPORT.replace("root /dev/md1", "root /dev/sda2").replace(
        "under /dev/md1 raid1\n", "")
    found = outcome(watch(consoles.SYSTEM, more))
    assert found.verdict is Verdict.FAILED
    assert found.reason == "It boots, but its root is /dev/sda2, on no array."


def test_a_report_that_calls_an_array_what_is_none_is_not_believed() -> None:
    more = "\n".join(line for line in REPORT.splitlines() if not line.startswith("mdstat"))
    assert outcome(watch(consoles.SYSTEM, more + "\n")).verdict is Verdict.FAILED


def test_another_rehearsals_report_and_half_a_report_are_none() -> None:
    for told in (REPORT.replace(TAG, f"{TAG}2"), REPORT[: len(REPORT) // 2]):
        assert watch(consoles.SYSTEM, told).decide(1.0) is None


REASONS = [
    (consoles.NO_BOOT_SECTOR, Stage.FIRMWARE, "The firmware found no boot loader on the disk: "
     "“Boot failed: not a bootable disk”."),
    (consoles.UEFI_SHELL, Stage.FIRMWARE, "The firmware found no boot loader on the disk: "
     "“BdsDxe: failed to load Boot0001 \"UEFI QEMU HARDDISK\" from "
     "PciRoot(0x0)/Pci(0x1F,0x2)/Sata(0x0,0xFFFF,0x0): Not Found”."),
    (consoles.GRUB_RESCUE, Stage.BOOT_LOADER, "GRUB started and could not go on: “error: disk "
     "`mduuid/9d0a1c4b8a47e1dd5b1d3c21f2a1bd04' not found.”."),
    (consoles.PANIC, Stage.KERNEL,
     "The kernel panicked: “Attempted to kill init! exitcode=0x00000100”."),
    (consoles.NO_INITRAMFS, Stage.KERNEL, "The kernel panicked (“VFS: Unable to mount root fs on "
     "unknown-block(0,0)”) after GRUB's “error: file `/initrd.img-6.1.0-40-amd64' not found.”."),
    (consoles.NO_MD_IN_IT, Stage.KERNEL, "Its initramfs did not find the root file system: “ALERT!"
     "  UUID=9a1f3f04-2a6b-4b8c-8d0f-3be0a71c1e55 does not exist”. It does not know md: there is "
     "no /proc/mdstat in it."),
    (consoles.NO_ARRAY_IN_IT, Stage.KERNEL, "Its initramfs did not find the root file system: “ALE"
     "RT!  UUID=9a1f3f04-2a6b-4b8c-8d0f-3be0a71c1e55 does not exist”. It started no array."),
    (consoles.EMERGENCY, Stage.SYSTEM, "The system stopped at its emergency prompt: /gone could "
     "not be mounted, there is no /dev/disk/by-uuid/00000000-dead-4000-8000-000000000000."),
]


@pytest.mark.parametrize(("console", "stage", "reason"), REASONS)
def test_why_a_disk_does_not_boot_is_read_from_its_console(
    console: bytes, stage: Stage, reason: str
) -> None:
    found = outcome(watch(console))
    assert (found.verdict, found.stage, found.reason) == (Verdict.FAILED, stage, reason)
    assert found.hint
    assert found.seconds <= 1.0 + GRACE + 0.5


def test_the_emergency_prompt_is_known_without_a_console() -> None:
    told = REPORT.replace("state up", "state emergency").replace(
        "bootmirror-report end", "absent /gone defaults\nbootmirror-report end")
    found = outcome(watch(consoles.GRUB, told))
    assert found.reason == (
        "The system stopped at its emergency prompt: /gone could not be mounted.")
    assert "fstab" in found.hint


@pytest.mark.parametrize("console", [
    consoles.SEABIOS, consoles.GRUB, consoles.KERNEL, consoles.SYSTEM, consoles.LOGIN,
])
def test_a_boot_under_way_is_not_judged(console: bytes) -> None:
    assert watch(console).decide(1.0 + GRACE) is None


def test_the_uefi_shell_may_be_on_its_way_to_the_loader() -> None:
    """It shows the lines of the script that starts the loader behind its prompt."""
    under_way = consoles.UEFI_SHELL + b"@echo -off\r\n"
    watched = watch(under_way)
    assert all(watched.decide(float(now)) is None for now in range(1, 30))


def test_the_initramfs_shell_is_asked_once_and_its_answer_waited_for() -> None:
    watched = watch(consoles.INITRAMFS_SHELL)
    assert watched.question(1.0) == "cat /proc/mdstat /proc/partitions\n"
    assert watched.question(1.5) == ""
    assert watched.decide(1.0) is None
    assert watched.decide(2.0 + GRACE) is None
    watched.hear(consoles.NO_MD_IN_IT[len(consoles.INITRAMFS_SHELL):], b"", 6.0)
    assert watched.decide(6.0) is None
    found = watched.decide(6.0 + GRACE)
    assert found is not None and "does not know md" in found.reason


def test_an_initramfs_without_a_driver_for_the_virtual_machine_proves_nothing() -> None:
    """One that was tailored to a machine whose disks hang on something else."""
    found = outcome(watch(consoles.NO_DISK_IN_IT))
    assert found.verdict is Verdict.UNCONFIRMED
    assert "It sees no disk at all" in found.reason
    assert "--bus" in found.hint


def test_a_shell_that_does_not_answer_is_not_waited_for_for_ever() -> None:
    found = outcome(watch(consoles.INITRAMFS_SHELL))
    assert found.reason.startswith("Its initramfs did not find the root file system")
    assert found.seconds <= 1.0 + ANSWERS + GRACE + 1.0


def test_a_boot_sector_of_which_nothing_comes_is_known_by_its_silence() -> None:
    found = outcome(watch(consoles.SEABIOS))
    assert found.verdict is Verdict.FAILED
    assert found.seconds > SILENT
    assert found.reason == (
        "Nothing came of the disk's boot sector: the last line is “Booting from Hard Disk...”.")


@pytest.mark.parametrize("then", [
    b"", b"\r\n[   99.1] Some module: loaded\r\n", b"root (automatic login)\r\n",
])
def test_a_login_prompt_alone_proves_nothing(then: bytes) -> None:
    found = outcome(watch(consoles.LOGIN + then), until=300.0)
    assert found.verdict is Verdict.UNCONFIRMED
    assert found.seconds == 1.0 + REPORTS
    assert "nothing in it tells where its root is" in found.reason


def test_what_has_hung_till_the_time_limit_does_not_boot() -> None:
    watched = watch(consoles.SYSTEM, limit=120.0)
    assert watched.decide(120.0) is None
    found = watched.decide(120.5)
    assert found is not None and found.verdict is Verdict.FAILED
    assert found.reason == ("It was not up after 2 minutes (its init was at work): the last line "
                            "is “[  OK  ] Created slice system-getty.slice.”.")


def test_a_machine_too_slow_for_its_own_console_proves_nothing() -> None:
    """systemd waits a minute and a half for each device, /dev/ttyS0 among them."""
    line = (b"[\x1b[0;1;31m TIME \x1b[0m] Timed out waiting for device \x1b[0;1;39mdev-ttyS0.device"
            b"\x1b[0m - /dev/ttyS0.\r\n")
    late = consoles.EMERGENCY.replace(b"[\x1b[0;1;31m TIME", line + b"[\x1b[0;1;31m TIME", 1)
    found = outcome(watch(late))
    assert found.verdict is Verdict.UNCONFIRMED
    assert "too slow" in found.reason


@pytest.mark.parametrize("heard", [61.0, 119.0])
def test_what_still_went_on_at_the_time_limit_may_be_slow_no_more(heard: float) -> None:
    watched = watch(consoles.SYSTEM, limit=120.0)
    watched.hear(b"[  OK  ] Reached target sysinit.target.\r\n", b"", heard)
    found = watched.decide(120.5)
    assert found is not None and found.verdict is Verdict.UNCONFIRMED
    assert found.reason.startswith("It was not up after 2 minutes (its init was at work)")
    assert "--limit" in found.hint


def test_a_short_limit_is_told_in_seconds() -> None:
    found = watch(consoles.SYSTEM, limit=60.0).decide(60.5)
    assert found is not None and found.reason.startswith("It was not up after 60 seconds (")


def test_a_kernel_that_writes_to_no_serial_line_is_named_as_that() -> None:
    found = watch(consoles.GRUB, limit=120.0).decide(121.0)
    assert found is not None and "nothing came over its serial line" in found.reason
    assert found.verdict is Verdict.UNCONFIRMED
    assert "console=ttyS0" in found.hint


def test_a_machine_that_restarts_by_itself_is_not_up() -> None:
    found = watch(consoles.SYSTEM).ended(9.0)
    assert found.verdict is Verdict.FAILED
    assert "switched itself off or restarted (its init was at work)" in found.reason


def test_a_panic_that_restarts_the_machine_is_told_as_the_panic() -> None:
    assert "panicked" in watch(consoles.PANIC).ended(1.0).reason


def test_how_far_it_is_never_goes_back() -> None:
    watched = Watch(TAG, 900.0)
    stages = []
    for piece in (consoles.SEABIOS, consoles.GRUB, consoles.KERNEL, consoles.SYSTEM,
                  b"Begin: something. [  0.000000] GRUB\r\n"):
        watched.hear(piece, b"", 1.0)
        stages.append(watched.stage)
    assert stages == [Stage.FIRMWARE, Stage.BOOT_LOADER, Stage.KERNEL, Stage.SYSTEM, Stage.SYSTEM]


@pytest.mark.parametrize("console", [consoles.RESTARTED, consoles.DRACUT])
def test_an_initramfs_that_restarts_and_has_seen_no_disk_proves_nothing(console: bytes) -> None:
    """The first boot is never left to a shell: what that would say of drivers is not asked."""
    found = watch(console).ended(60.0)
    assert found.verdict is Verdict.UNCONFIRMED
    assert found.reason.startswith("Its initramfs did not find the root file system: “")
    assert "Its console names no disk" in found.reason
    assert "--bus" in found.hint


@pytest.mark.parametrize("console", [
    consoles.RESTARTED_WITH_DISK,
    consoles.RESTARTED.replace(b"Loading, please", b"[  1.2]  vda: vda1 vda2\r\nLoading, please"),
    consoles.DRACUT.replace(b"Linux version", b"x\r\n nvme0n1: p1 p2\r\nLinux version"),
])
def test_one_that_has_seen_the_disk_does_not_boot(console: bytes) -> None:
    found = watch(console).ended(60.0)
    assert (found.verdict, "mdadm" in found.hint) == (Verdict.FAILED, True)
    assert "did not find the root file system: “" in found.reason
    assert "9a1f3f04-2a6b-4b8c-8d0f-3be0a71c1e55 does not exist”." in found.reason


def test_the_emergency_prompt_of_an_initramfs_is_no_matter_of_fstab() -> None:
    found = outcome(watch(consoles.DRACUT_EMERGENCY))
    assert found.verdict is Verdict.UNCONFIRMED
    assert "fstab" not in found.hint
    seen = consoles.DRACUT_EMERGENCY.replace(b"Linux version", b"x\r\n" + consoles.FOUND)
    assert outcome(watch(seen)).verdict is Verdict.FAILED


@pytest.mark.parametrize("console", [consoles.GRUB, consoles.SEABIOS])
def test_a_silent_kernel_that_restarts_proves_nothing(console: bytes) -> None:
    found = watch(console).ended(60.0)
    assert found.verdict is Verdict.UNCONFIRMED
    assert "console=ttyS0" in found.hint


def test_a_boot_loader_that_restarts_the_machine_by_itself_does_not_boot() -> None:
    loader = consoles.SEABIOS + b"GRUB loading.\r\nWelcome to GRUB!\r\n"
    assert watch(loader).ended(9.0).verdict is Verdict.FAILED
    for said in (b"error: no such device: f00d.", b"  Booting `Restart: back to the old disk'"):
        found = watch(loader + b"  Booting `First boot'\r\n" + said + b"\r\n").ended(9.0)
        assert found.verdict is Verdict.FAILED
        assert found.reason.startswith("GRUB started and could not go on: “")


def test_a_dracut_whose_init_is_killed_is_told_as_what_it_said_before() -> None:
    killed = b"[  184.2] Kernel panic - not syncing: Attempted to kill init! exitcode=0x100\r\n"
    found = outcome(watch(consoles.DRACUT + killed))
    assert (found.verdict, "names no disk" in found.reason) == (Verdict.UNCONFIRMED, True)


DATA = Hidden(("/data",), ("/dev/disk/by-uuid/00000000-dead-4000-8000-000000000000",), ("/net",),
              ("/data",))


@pytest.mark.parametrize("hidden", [DATA, Hidden(("/data",))])
def test_what_lies_on_a_disk_that_is_not_shown_proves_nothing(hidden: Hidden) -> None:
    found = outcome(watch(consoles.DATA_DISK, hidden=hidden))
    assert (found.verdict, found.stage, found.reason) == (
        Verdict.UNCONFIRMED, Stage.SYSTEM, "The system stopped at its emergency prompt: /data is "
        "on a disk that the rehearsal does not show: it proves nothing.")
    assert "nofail" in found.hint


@pytest.mark.parametrize("console", [
    consoles.EMERGENCY,
    consoles.DATA_DISK.replace(b"You are in", b"Dependency failed for /gone.\r\nYou are in"),
    consoles.EMERGENCY.replace(b"gone", b"database"),
])
def test_what_is_missed_beside_it_does_not_boot(console: bytes) -> None:
    found = outcome(watch(console, hidden=DATA))
    assert (found.verdict, "findmnt" in found.hint) == (Verdict.FAILED, True)


@pytest.mark.parametrize(("absent", "verdict"), [
    (("/data defaults", "/data/more ro"), Verdict.UNCONFIRMED),
    (("/data defaults", "/net/home rw", "/usb nofail,ro", "/far _netdev"), Verdict.UNCONFIRMED),
    ((), Verdict.UNCONFIRMED),  # what is awaited from there is cause enough
    (("/data defaults", "/gone defaults"), Verdict.FAILED),
])
def test_what_the_system_itself_tells_is_judged_so_too(
    absent: tuple[str, ...], verdict: Verdict
) -> None:
    lines = "".join(f"absent {entry}\n" for entry in absent)
    told = REPORT.replace("state up", "state emergency").replace(
        "bootmirror-report end", f"{lines}bootmirror-report end")
    assert outcome(watch(consoles.GRUB, told, hidden=DATA)).verdict is verdict
    assert outcome(watch(consoles.GRUB, told)).verdict is Verdict.FAILED
