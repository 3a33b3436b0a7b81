"""Whether a menu starts the mirror's root: by the last root= of each kernel, as the kernel does."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.errors import StepFailed
from bootmirror.kinds.grub_menu import CheckMenu, menu_check, menu_fault, started
from bootmirror.machine.model import Content, Disk, Partition
from tests.unit.engine.fakes import BOOT
from tests.unit.steps.mirrored import Answers
from tests.unit.steps.test_copying import Quiet

OLD, NEW, FILES = "01d0-aaaa", "e100-bbbb", "f11e-cccc"
ROOTS = replace(BOOT, root=f"UUID={NEW}", old_root=(OLD,), files_uuid=FILES, directory="")
PATH = "/boot/grub/grub.cfg"
GOOD = f"""\
menuentry 'Debian' {{
\tset root='mduuid/beef'
\tsearch --no-floppy --fs-uuid --set=root --hint='mduuid/beef' {FILES}
\techo 'Loading root=/dev/sda1'
\tlinux\t/vmlinuz-6.1 root=UUID={NEW} ro rd.md.uuid=1:2 rd.md.uuid=3:4 quiet $vt_handoff
\tinitrd\t/initrd.img-6.1
}}
submenu 'Advanced options' {{
\tmenuentry 'recovery' {{
\t\tsearch --no-floppy --fs-uuid --set=root {FILES}
\t\tlinux\t/vmlinuz-6.1 root=UUID={NEW} ro single rd.md.uuid=1:2 rd.md.uuid=3:4
\t\tinitrd\t/initrd.img-6.1
\t}}
}}
menuentry 'Memory test' {{
\tsearch --no-floppy --fs-uuid --set=root {FILES}
\tlinux16 /memtest86+.bin
}}
menuentry 'Live' {{
\tlinux /live/vmlinuz boot=live
\tinitrd /live/initrd
}}
menuentry 'Windows' {{
\tset root='hd2,gpt1'
\tchainloader /EFI/Microsoft/Boot/bootmgfw.efi
}}
menuentry 'Another' {{
\tsearch --no-floppy --fs-uuid --set=root 0123-4567
\tlinux /vmlinuz-5.10 root=/dev/sdc1 ro
}}
# root=UUID={OLD} was the old one
"""


def entry(words: str, place: str = FILES, kernel: str = "/vmlinuz-6.1") -> str:
    return (f"menuentry 'More' {{\n\tsearch --no-floppy --fs-uuid --set=root {place}\n"
            f"\tlinux {kernel} {words}\n}}\n")


def _disk() -> Disk:
    half = Partition(1, "sda1", "/dev/sda1", 1 << 20, 1 << 30, "fd", partuuid="9abc-01",
                     content=Content("linux_raid_member", "beef"))
    return Disk("sda", "/dev/sda", "8:0", 1 << 31, 512, 512, by_id=("/dev/disk/by-id/ata-X",),
                partitions=(half,))


def fault(text: str, *, later: bool = False, words: tuple[str, ...] = ()) -> str:
    """``later``: at verify's time, when the old disk's partitions are halves."""
    host = Answers()
    host.links["/dev/disk/by-uuid/" + NEW] = "/dev/md0"
    if not later:
        host.links |= dict.fromkeys(
            ("/dev/disk/by-uuid/" + OLD, "/dev/disk/by-partuuid/9abc-01",
             "/dev/disk/by-id/ata-X-part1"), "/dev/sda1")
    return menu_fault(host, text, replace(ROOTS, words=words), (_disk(),) if later else ())


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("more", [
    "", entry("root=/dev/md0 ro"), entry(f"root=/dev/disk/by-uuid/{NEW}"),
    entry(f"root=/dev/sda1 root=UUID={NEW}"), entry("root=$old ro"),
])
def test_an_ordinary_menu_is_good(more: str, later: bool) -> None:
    assert fault(GOOD + more, later=later) == ""
    assert fault(GOOD, later=later, words=("rd.md.uuid=1:2", "rd.md.uuid=3:4")) == ""


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("place", [FILES, "0123-4567"])
@pytest.mark.parametrize("root", [
    "/dev/sda1", "PARTUUID=9abc-01", "/dev/disk/by-id/ata-X-part1", "/dev/disk/by-partuuid/9abc-01",
])
def test_no_entry_may_start_the_old_root_by_any_of_its_names(
    root: str, place: str, later: bool
) -> None:
    """Of several root= the kernel and every initramfs take the last."""
    for words in (f"root={root} ro", f"root=UUID={NEW} ro root={root}"):
        found = fault(GOOD + entry(words, place), later=later)
        line = GOOD.count("\n") + 3
        assert found == f"line {line} starts /vmlinuz-6.1 with the old disk's root={root}"


def test_the_old_roots_uuid_is_found_wherever_it_stands() -> None:
    assert fault(GOOD + entry(f"root=UUID={OLD}")).endswith(f"the old disk's root=UUID={OLD}")
    assert fault(f"{GOOD}search {OLD}\n").endswith(f"names the old root, {OLD}")
    assert fault(f"{GOOD}search {OLD}-1\n") == ""


@pytest.mark.parametrize(("more", "words", "wanted"), [
    (entry("root=/dev/sdq7"), (), f"with root=/dev/sdq7, not root=UUID={NEW}"),
    (entry("ro quiet"), (), f"without root=UUID={NEW}"),
    (entry(f"root=UUID={NEW}"), ("rd.md.uuid=1:2",), "without rd.md.uuid=1:2"),
    (f"### BEGIN /etc/grub.d/40_custom ###\n{entry('root=/dev/sdq7')}", (), "(of /etc/grub.d/40_"),
])
def test_an_entry_of_this_boot_that_is_off_is_told_with_its_line(
    more: str, words: tuple[str, ...], wanted: str
) -> None:
    found = fault(GOOD + more, words=words)
    assert found.startswith("line ") and wanted in found


def test_a_menu_must_start_the_array() -> None:
    assert fault("") == f"no line starts a kernel with root=UUID={NEW}"
    assert fault(f"# linux /vmlinuz root=UUID={NEW}\n")


def test_a_kernel_whose_last_root_is_another_is_not_started() -> None:
    host = Answers()
    host.texts[PATH] = "linux /vmlinuz-1 root=UUID=new ro root=/dev/sda1\n" + (
        "linux /vmlinuz-2 root=/dev/sda1 root=UUID=new\ninitrd /initrd.img-2\n")
    boot = replace(ROOTS, root="UUID=new")
    assert [found.kernel for found in started(host, boot)] == ["/boot/vmlinuz-2"]
    assert not menu_check(host, boot, ()).ok
    with pytest.raises(StepFailed, match=r"line 1 starts /vmlinuz-1 with root=/dev/sda1") as failed:
        CheckMenu(PATH, boot).perform(host, Quiet())
    assert "/etc/default/grub.d" in failed.value.hint
    assert "in the running system, then try again: the copy gets both anew" in failed.value.hint


def test_names_of_the_menu_are_made_printable() -> None:
    assert "\x1b" not in fault(GOOD + entry("root=/dev/\x1bx", kernel="/vmlinuz-\x1b"))
