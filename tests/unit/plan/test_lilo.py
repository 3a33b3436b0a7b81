"""A LILO machine's plan: its files for the array, the one-shot first boot, and when LILO runs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.actions.files import WriteFile
from bootmirror.actions.places import in_copy
from bootmirror.errors import Refused
from bootmirror.formats.lilo_conf import LiloConf, lint_lilo_conf
from bootmirror.kinds.lilo_files import to_mirror_conf
from bootmirror.machine.model import Geometry, Machine
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import Plan
from bootmirror.plan.planner import make_plan
from bootmirror.steps.recipe import STEPS
from tests.unit.plan.test_layouts import CHOICES, MACHINE, shown

LILO_CONF = """\
# the machine's own
boot=/dev/sdb\t# the first disk
map=/boot/map
prompt
install=text
root=/dev/sdb2
append="quiet console=ttyS0 resume=/dev/sdb5"

image=/boot/vmlinuz-new
  label=Linux
  initrd=/boot/initrd.img-new
  root=/dev/sdb2
  read-only
image=/boot/vmlinuz-old
  label=Old
  append="single"
image=/boot/other
  label=Other
  root=/dev/sdc1
"""


def lilo_machine(conf: str = LILO_CONF, version: str = "24.0") -> Machine:
    return replace(
        MACHINE,
        boot_loader=replace(
            MACHINE.boot_loader, kind="lilo", version=version,
            geometry=(("/dev/sda", Geometry(300, 255, 63)), ("/dev/sdb", Geometry(301, 255, 63)))),
        programs=(*MACHINE.programs, ("lilo", "/usr/sbin/lilo")),
        files=(*MACHINE.files, ("/etc/lilo.conf", conf)),
    )


def planned(machine: Machine | None = None, choices: Choices = CHOICES) -> Plan:
    return make_plan(machine or lilo_machine(), choices)


def test_the_array_of_boot_has_its_superblock_at_the_end() -> None:
    found = {a.holds: a.metadata for a in planned().arrays}
    assert found["/boot"] == "0.90"
    assert found["/"] == "1.2"
    assert "--metadata=0.90" in "\n".join(planned().config("raidtab").effects)


def test_the_mirror_is_the_first_half_of_the_array_of_boot() -> None:
    raidtab = planned().config("raidtab").text
    turned = (raidtab.replace("    raid-disk       0", "    raid-disk       1")
              .replace("failed-disk     1", "failed-disk     0"))
    assert turned != raidtab
    edited = planned(choices=replace(CHOICES, edits=(("/etc/raidtab", turned),)))
    first = [c for file, c in edited.errors if file.path == "/etc/raidtab"]
    assert [str(c.line) for c in first] == [
        str(n) for n, line in enumerate(turned.splitlines(), 1) if line.endswith("/dev/sda1")]
    assert "must be raid-disk 0" in first[0].message


@pytest.mark.parametrize(
    ("path", "extra", "its_map"),
    [("lilo.conf", "mbr", "/boot/map"), ("lilo.conf.sda", "/dev/sda", "/boot/map.sda"),
     ("lilo.conf.sdb", "/dev/sdb", "/boot/map.sdb")])
def test_a_file_for_each_disk_and_one_for_the_package(
    path: str, extra: str, its_map: str
) -> None:
    plan = planned()
    config = plan.config(path)
    conf = LiloConf.parse(config.text)
    assert conf.get("boot") == plan.boot.array
    assert conf.get("raid-extra-boot") == extra
    assert conf.get("map") == its_map, "each run makes its map anew: two disks cannot share one"
    assert conf.get("root") is None
    assert conf.get("append") == "quiet console=ttyS0"
    new, old, other = conf.sections
    assert (new.get("append"), old.get("append"), other.get("append")) == (
        f"root={plan.boot.root} quiet console=ttyS0", f"root={plan.boot.root} single", None)
    assert (new.get("root"), other.get("root")) == (None, "/dev/sdc1")
    assert not config.complaints
    assert config.text.startswith("# the machine's own\nboot=/dev/md")
    assert "\t# the first disk\n" in config.text


def test_lilo_21_is_told_a_geometry() -> None:
    plan = planned(lilo_machine(version="21.7.5"))
    conf = LiloConf.parse(plan.config("lilo.conf.sdb").text)
    stanza = conf.sections[0]
    assert (conf.get("boot"), conf.get("raid-extra-boot")) == ("/dev/sdb", None)
    assert stanza.kind == "disk"
    assert stanza.value != plan.boot.array
    assert {o.name: o.value for o in stanza.options} == {
        "bios": "0x80", "sectors": "63", "heads": "255", "cylinders": "301",
        "partition": plan.boot.array, "start": "2048"}
    assert LiloConf.parse(plan.config("lilo.conf.sda").text).sections[0].get("cylinders") == "300"
    assert "lilo -C /etc/lilo.conf.sda" in shown(plan, lilo_machine(), "confirm-first-boot")


def test_the_first_boot_is_one_more_image_with_a_map_of_its_own() -> None:
    plan = planned()
    conf = LiloConf.parse(plan.entry.text)
    assert conf.get("map") == "/boot/bootmirror.map"
    assert (conf.get("boot") or "").startswith("/dev/disk/by-id/")
    assert conf.get("timeout") == "50", "after a failed boot nobody may have to press a key"
    disk, *images, ours = conf.sections
    assert (disk.kind, disk.get("bios")) == ("disk", "0x80")
    assert [i.get("label") for i in images] == ["Linux", "Old", "Other"]
    assert ours.get("label") == "bootmirror"
    assert ours.get("initrd") == f"/boot/initrd.img-{MACHINE.kernel}.bootmirror"
    words = (ours.get("append") or "").split()
    assert words[0] == f"root={plan.boot.root}"
    assert words[-2:] == ["bootmirror.first_boot", "panic=30"]  # for the first boot's units
    assert not any(plan.root.source_uuid in word for word in words)
    assert not lint_lilo_conf(plan.entry.text)


def test_nobody_is_asked_for_a_password_at_the_first_boot() -> None:
    plan = planned(lilo_machine(f"password=secret\n{LILO_CONF}"))
    assert LiloConf.parse(plan.entry.text).sections[-1].get("bypass") == ""


def test_what_is_made_after_lilo_conf_is_as_closed_as_that() -> None:
    """It may hold a password."""
    machine = lilo_machine(f"password=secret\n{LILO_CONF}")
    plan = planned(machine)
    steps = [step for step in STEPS if step.id in ("write-configs", "arm-first-boot")]
    likes = {action.path: action.like for step in steps for action in step.actions(plan, machine)
             if isinstance(action, WriteFile) and "password=secret" in action.text}
    conf = in_copy("/etc/lilo.conf")
    assert likes == {conf: "", f"{conf}.sda": conf, f"{conf}.sdb": conf,
                     "/etc/lilo.bootmirror.conf": "/etc/lilo.conf"}


def test_lilo_runs_when_its_files_are_where_it_says_and_not_before() -> None:
    machine = lilo_machine()
    plan = planned(machine)
    assert "lilo -H -t -C /etc/lilo.conf.sda" in shown(plan, machine, "install-boot-loader")
    build = shown(plan, machine, "build-initramfs")
    assert "mount --bind /usr/bin/true" in build, "the package's hook must not run lilo"
    assert build.index("/usr/bin/true") < build.index("update-initramfs")
    reboot = shown(plan, machine, "reboot")
    assert reboot.endswith("lilo -C /etc/lilo.bootmirror.conf -R bootmirror")
    confirm = shown(plan, machine, "confirm-first-boot")
    assert "sdb boots bootmirror" in confirm
    assert "lilo -H -C /etc/lilo.conf.sda" in confirm
    assert "lilo" not in shown(plan, machine, "partition-source")
    both = shown(plan, machine, "boot-loader-on-both")
    assert both.index("lilo.conf.sdb") < both.index("lilo.conf.sda")


def test_two_disks_with_one_map_are_a_complaint() -> None:
    text = planned().config("/etc/lilo.conf.sda").text
    shared = planned(choices=replace(CHOICES, edits=(
        ("/etc/lilo.conf.sda", text.replace("map=/boot/map.sda", "map=/boot/map")),)))
    [(file, complaint)] = shared.errors
    assert (file.path, complaint.line) == ("/etc/lilo.conf.sda", 3)
    assert complaint.hint == "write map=/boot/map.sda"


def test_the_mirrors_own_lilo_files_survive_the_final_copy() -> None:
    text = shown(planned(), lilo_machine(), "final-copy")
    assert "bootmirror.map" in text
    assert "lilo.conf.sda" in text


def test_the_old_disk_goes_on_to_the_mirror() -> None:
    plan = planned()
    source = MACHINE.disk("PM-0001-A")
    assert source is not None
    cmdline = "auto BOOT_IMAGE=bootmirror ro root=UUID=x quiet bootmirror.first_boot panic=30"
    text = to_mirror_conf(cmdline, plan.boot,
                          source, "/run/old/boot")
    conf = LiloConf.parse(text)
    assert (conf.get("boot"), conf.get("default")) == ("/dev/sdb", "bootmirror")
    assert conf.get("map") == "/run/old/boot/bootmirror.map"
    _, mirror, old = conf.sections
    assert mirror.get("append") == f"root={plan.boot.root} ro quiet"
    assert old.get("append") == f"root=UUID={plan.root.source_uuid} ro quiet"
    assert (mirror.value, old.get("label")) == (old.value, "old")
    assert not lint_lilo_conf(text)


@pytest.mark.parametrize(
    ("conf", "sentence"),
    [
        ("imag=/x\n" + LILO_CONF, "line 1: LILO does not know imag"),
        (LILO_CONF.replace("boot=/dev/sdb", "boot=/dev/sdb1"), "installs LILO on /dev/sdb1"),
        (LILO_CONF.replace("boot=/dev/sdb", "boot=/dev/sda"), "installs LILO on /dev/sda"),
    ],
    ids=["a typo", "in a partition", "on another disk"],
)
def test_refused_with_a_sentence(conf: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        planned(lilo_machine(conf))
    assert sentence in refused.value.message


def test_lilo_cannot_live_on_xfs_or_gpt() -> None:
    machine = lilo_machine()
    mounts = tuple(replace(m, fstype="xfs") if m.target == "/boot" else m for m in machine.mounts)
    with pytest.raises(Refused, match="would destroy it"):
        planned(replace(machine, mounts=mounts))
    with pytest.raises(Refused, match="GPT"):
        planned(replace(machine, firmware="uefi"))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("raid-extra-boot=mbr\n", ""), "would write no disk's first sector"),
        (("boot=/dev/md", "boot=/dev/sd"), "belongs on the array"),
        (("root=UUID", "ruut=UUID"), "no image boots the array's root"),
    ],
)
def test_an_edit_that_would_not_boot_bars_the_plan(change: tuple[str, str], complaint: str) -> None:
    text = planned().config("/etc/lilo.conf").text
    assert change[0] in text
    edited = planned(choices=replace(
        CHOICES, edits=(("/etc/lilo.conf", text.replace(*change)),)))
    assert any(complaint in str(c) for _, c in edited.errors)
