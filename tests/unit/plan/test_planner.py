"""The plan for a recorded practice machine: what is built, what changes in which file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.errors import Refused
from bootmirror.machine.model import Array, Machine, Member
from bootmirror.machine.recording import load_machine
from bootmirror.plan.choices import Choices
from bootmirror.plan.fingerprint import differences
from bootmirror.plan.model import Plan, Side
from bootmirror.plan.planner import make_plan

RECORDED = Path(__file__).parents[2] / "machines" / "debian12-bios-grub.json"
CHOICES = Choices("PM-0001-A", "PM-0002-B", "5eed5eed-0000-4000-8000-000000000001")


@pytest.fixture
def machine() -> Machine:
    return load_machine(RECORDED.read_text())


@pytest.fixture
def plan(machine: Machine) -> Plan:
    return make_plan(machine, CHOICES)


def test_the_same_facts_and_choices_give_the_same_plan(machine: Machine, plan: Plan) -> None:
    assert make_plan(machine, CHOICES) == plan


def test_both_disks_get_the_sources_layout_with_raid_types(machine: Machine, plan: Plan) -> None:
    source = machine.disk("PM-0001-A")
    assert source is not None
    for side in Side:
        partitions = plan.partitions(side)
        assert [(p.start, p.size) for p in partitions] == [
            (p.start, p.size) for p in source.partitions]
        assert [p.type for p in partitions] == ["fd", "fd", "82"]
        assert [p.bootable for p in partitions].count(True) == 1


def test_root_is_the_first_array_and_the_mirror_its_first_half(plan: Plan) -> None:
    assert [(a.device, a.holds) for a in plan.arrays] == [
        ("/dev/md0", "/"), ("/dev/md1", "/boot")]
    assert [a.member(Side.MIRROR).slot for a in plan.arrays] == [0, 0]


def test_the_plan_has_no_complaints_about_what_it_generated(plan: Plan) -> None:
    assert plan.errors == []


def test_fstab_changes_only_what_must_change(machine: Machine, plan: Plan) -> None:
    before = (machine.file("/etc/fstab") or "").splitlines()
    after = plan.config("fstab").text.splitlines()
    kept = [line for line in after if line in before]
    assert len(before) - len(kept) == 3  # /, /boot and swap
    assert f"UUID={plan.root.uuid}" in plan.config("fstab").text
    swaps = [line for line in after if " swap " in line and not line.startswith("#")]
    assert len(swaps) == 2
    assert all("nofail,x-systemd.device-timeout=30s" in line for line in swaps)


def test_mdadm_conf_names_every_array_by_uuid(plan: Plan) -> None:
    for array in plan.arrays:
        assert f"ARRAY {array.device} metadata=1.2 UUID={array.uuid}" in (
            plan.config("mdadm.conf").text)


def test_the_first_boot_entry_loads_the_copys_kernel(plan: Plan) -> None:
    text = plan.config("custom.cfg").text
    assert f"root=UUID={plan.root.uuid}" in text
    assert "panic=5 bootmirror.first_boot" in text
    assert plan.root.source_uuid not in text


def test_the_users_md_numbers_are_built(machine: Machine, plan: Plan) -> None:
    text = plan.config("raidtab").text.replace("/dev/md0", "/dev/md7")
    edited = make_plan(machine, CHOICES.edited("/etc/raidtab", text))
    assert edited.errors == []
    assert edited.array_of(edited.root).device == "/dev/md7"
    assert "mdadm --create /dev/md7" in edited.config("raidtab").effects[0]
    assert "ARRAY /dev/md7" in edited.config("mdadm.conf").text


def _turned(section: str) -> str:
    """The two halves of an array in the other order."""
    return (section.replace("raid-disk       0", "raid-disk       1")
            .replace("failed-disk     1", "failed-disk     0"))


def test_the_users_order_of_disks_is_built(machine: Machine, plan: Plan) -> None:
    mirror = plan.mirror.find(machine)
    root, mark, boot = plan.config("raidtab").text.partition("raiddev /dev/md1")
    edited = make_plan(machine, CHOICES.edited("/etc/raidtab", _turned(root) + mark + boot))
    assert edited.errors == []
    assert edited.config("raidtab").effects[0].endswith(f"missing {mirror.path}2")


def test_grub_finds_boot_in_the_half_that_is_whole(machine: Machine, plan: Plan) -> None:
    """It takes the half in slot 0 for whole while that is still being made."""
    root, mark, boot = plan.config("raidtab").text.partition("raiddev /dev/md1")
    edited = make_plan(machine, CHOICES.edited("/etc/raidtab", root + mark + _turned(boot)))
    assert ["must be raid-disk 0" in complaint.message for _, complaint in edited.errors] == [True]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{mirror}2", "/dev/nothing2", "is not a partition of this mirror"),
        ("failed-disk", "raid-disk", "must be a failed-disk"),
        ("{mirror}2", "{mirror}1", "/dev/"),
        ("raid-level      1", "raid-level      5", "raid-level"),
    ],
)
def test_a_contradiction_in_raidtab_bars_the_plan(
    machine: Machine, plan: Plan, old: str, new: str, said: str
) -> None:
    mirror = plan.mirror.find(machine).path
    text = plan.config("raidtab").text
    wrong = text.replace(old.format(mirror=mirror), new.format(mirror=mirror))
    assert wrong != text
    errors = make_plan(machine, CHOICES.edited("/etc/raidtab", wrong)).errors
    assert errors
    assert any(said in complaint.message for _, complaint in errors)


def test_a_section_left_out_is_a_complaint(machine: Machine, plan: Plan) -> None:
    text = plan.config("raidtab").text
    without = text[: text.index("raiddev /dev/md1")]
    errors = make_plan(machine, CHOICES.edited("/etc/raidtab", without)).errors
    assert [complaint.message for _, complaint in errors] == ["no array holds /boot"]


def test_an_fstab_that_mounts_the_old_disk_bars_the_plan(machine: Machine) -> None:
    edited = CHOICES.edited("/etc/fstab", machine.file("/etc/fstab"))
    messages = [c.message for _, c in make_plan(machine, edited).errors]
    assert any("is the old disk's /," in message for message in messages)


def test_changed_facts_are_named(machine: Machine, plan: Plan) -> None:
    assert differences(plan, machine, "all") == ()
    later = replace(machine, kernel="9.9", files=tuple(
        (path, text + "#") if path == "/etc/fstab" else (path, text)
        for path, text in machine.files))
    found = differences(plan, later, "source")
    assert [phrase.split(" was ")[0] for phrase in found] == [
        "/etc/fstab", "system.kernel"]


def test_what_we_do_to_the_mirror_is_no_difference_later(machine: Machine, plan: Plan) -> None:
    disks = tuple(
        replace(d, table="dos", table_id="1") if d.serial == "PM-0002-B" else d
        for d in machine.disks)
    later = replace(machine, disks=disks)
    assert differences(plan, later, "source") == ()
    assert len(differences(plan, later, "all")) == 1


def test_a_refusal_says_why_and_the_way_out(machine: Machine) -> None:
    with pytest.raises(Refused, match="cannot mirror itself") as refused:
        make_plan(machine, replace(CHOICES, mirror="PM-0001-A"))
    assert refused.value.hint


def edited(plan: Plan, machine: Machine, path: str, old: str, new: str) -> Plan:
    """The plan after a user replaced a text in one of its files."""
    text = plan.config(path).text
    assert old in text
    return make_plan(machine, plan.choices.edited(path, text.replace(old, new)))


@pytest.mark.parametrize(("now", "added"), [
    ("HOMEHOST <system>", True),
    ("#MAILADDR root\n", True),
    ("", True),
    ("mailaddr someone@example.org\n", False),
    ("PROGRAM /usr/local/sbin/page\n", False),
])
def test_somebody_is_told_of_a_disk_that_fails(machine: Machine, now: str, added: bool) -> None:
    path = "/etc/mdadm/mdadm.conf"
    files = {**dict(machine.files), path: now}
    text = make_plan(replace(machine, files=tuple(files.items())), CHOICES).config(path).text
    assert text.splitlines().count("MAILADDR root") == added
    assert text.startswith(now)


DATA = Array("md127", "/dev/md127", "0:0:0:1", "raid1", "1.2", 1 << 30, 2,
             (Member("sdc1", 0, "in_sync"), Member("sdd1", 1, "in_sync")), "clean")


def _mdadm_conf(machine: Machine, now: str, arrays: tuple[Array, ...]) -> str:
    path = "/etc/mdadm/mdadm.conf"
    files = {**dict(machine.files), path: now}
    found = replace(machine, files=tuple(files.items()), arrays=arrays)
    return make_plan(found, CHOICES).config(path).text


def test_what_mdadm_conf_says_of_other_arrays_stays(machine: Machine) -> None:
    theirs = ("ARRAY /dev/md5 devices=/dev/sdc1,/dev/sdd1  # data\n   spare-group=one\n"
              "ARRAY /dev/md6 super-minor=6 spares=1\n")
    text = _mdadm_conf(machine, f"MAILADDR root\nARRAY /dev/md0 super-minor=0\n{theirs}", (DATA,))
    assert text.startswith("MAILADDR root\nARRAY /dev/md0 metadata=1.2 UUID=")
    assert text.endswith(theirs) and text.count("ARRAY") == 4


def test_arrays_that_run_and_were_found_without_a_line_get_theirs(machine: Machine) -> None:
    """The initramfs finds arrays by itself only as long as mdadm.conf names none."""
    waits = replace(DATA, name="md9", path="/dev/md9", uuid="0:0:0:2", state="inactive")
    text = _mdadm_conf(machine, "MAILADDR root\n", (DATA, waits))
    assert "\nARRAY metadata=1.2 UUID=0:0:0:1\n" in text
    assert text.count("ARRAY") == 3


def test_nobody_named_is_warned_of(machine: Machine) -> None:
    path = "/etc/mdadm/mdadm.conf"
    text = make_plan(machine, CHOICES).config(path).text.replace("MAILADDR", "#")
    made = make_plan(machine, replace(CHOICES, edits=((path, text),)))
    (complaint,) = made.config(path).complaints
    assert "the monitor does not start" in complaint.message
    assert made.errors == []


def test_an_array_that_mdadm_conf_does_not_list_bars_the_plan(
    machine: Machine, plan: Plan
) -> None:
    path = "/etc/mdadm/mdadm.conf"
    uuid = plan.arrays[0].uuid
    lost = edited(plan, machine, path, uuid, "0:0:0:0")
    assert str(lost.config(path).errors[0]).endswith(
        f"no ARRAY line has the UUID of /dev/md0; add: ARRAY /dev/md0 metadata=1.2 UUID={uuid}")
    renamed = edited(plan, machine, path, "ARRAY /dev/md0", "ARRAY /dev/md7")
    assert "the raidtab calls this array /dev/md0" in str(renamed.config(path).errors[0])
    noted = edited(plan, machine, path, "ARRAY /dev/md0", "# mine\nARRAY /dev/md0")
    assert not noted.errors and "# mine" in noted.config(path).text


def test_boot_settings_that_name_the_old_root_bar_the_plan(machine: Machine, plan: Plan) -> None:
    path = "/etc/default/grub"
    name = 'GRUB_CMDLINE_LINUX="'
    wrong = edited(plan, machine, path, name, f"{name}root=/dev/sda2 ")
    assert "the mirror would look for the old disk" in str(wrong.config(path).errors[0])
    spaced = edited(plan, machine, path, "GRUB_TIMEOUT=", "GRUB_TIMEOUT =")
    assert spaced.errors
    fine = edited(plan, machine, path, "GRUB_TIMEOUT=", "GRUB_TIMEOUT=1")
    assert not fine.errors and fine.config(path).edited


@pytest.mark.parametrize(
    ("change", "wanted"),
    [("remove", "no line mounts /boot"), ("noauto", "/boot would not be mounted at boot")],
)
def test_a_converted_file_system_must_be_mounted_at_boot(
    machine: Machine, plan: Plan, change: str, wanted: str
) -> None:
    lines = plan.config("fstab").text.splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if line.split()[1:2] == ["/boot"]
                 and line.startswith("UUID="))
    if change == "remove":
        del lines[place]
    else:
        lines[place] = lines[place].replace("defaults", "defaults,noauto")
    edited = make_plan(machine, CHOICES.edited("/etc/fstab", "".join(lines)))
    (message,) = [str(complaint) for _, complaint in edited.errors]
    assert wanted in message


@pytest.mark.parametrize(("options", "features", "warned"), [
    ("rw,relatime", (), False), ("rw,usrquota", (), True), ("rw", ("quota",), True)])
def test_quotas_are_warned_of(
    machine: Machine, options: str, features: tuple[str, ...], warned: bool
) -> None:
    """Their limits are in no file that a copy could find."""
    mounts = tuple(replace(m, options=options) if m.target == "/" else m for m in machine.mounts)
    disks = tuple(replace(d, partitions=tuple(
        replace(p, content=replace(p.content, features=features)) if p.content else p
        for p in d.partitions)) for d in machine.disks)
    warnings = make_plan(replace(machine, mounts=mounts, disks=disks), CHOICES).warnings
    assert any(words.startswith("/ has quotas") for words in warnings) is warned


def test_a_database_that_runs_is_to_be_stopped(machine: Machine, plan: Plan) -> None:
    assert not any("final copy" in words for words in plan.warnings)
    for writers, told in ((("postgres",), "postgres runs: stop it before the final copy"),
                          (("mariadbd", "slapd"), "mariadbd and slapd run: stop them before")):
        warnings = make_plan(replace(machine, writers=writers), CHOICES).warnings
        assert any(words.startswith(told) for words in warnings)
