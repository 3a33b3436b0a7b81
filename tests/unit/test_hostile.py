"""Whatever a disk, a label or a file holds: nothing is obeyed or injected, and all is bounded."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bootmirror.cli.entry import main
from bootmirror.engine.log import Log
from bootmirror.engine.plan_file import dump_plan
from bootmirror.engine.replay import ReplaySession
from bootmirror.errors import CommandFailed, ExitCode
from bootmirror.formats.complaint import Severity
from bootmirror.host.clean import LONGEST, clean
from bootmirror.host.host import Host
from bootmirror.kinds.esp import MakeFat
from bootmirror.kinds.ext import Ext
from bootmirror.kinds.filesystem import fitting_label
from bootmirror.kinds.xfs import Xfs
from bootmirror.machine.model import Machine, Mount
from bootmirror.machine.recording import dump_machine, load_machine
from bootmirror.plan.choices import Choices
from bootmirror.plan.planner import make_plan
from bootmirror.plan.preflight import mirror_refusals, source_refusals
from bootmirror.records import as_json
from tests.hostile import hostile
from tests.hostile_checks import SEED, losses
from tests.hostile_host import RECORDED, SOURCE, hostile_machine

MIRROR = "PM-0002-B"

EXAMPLES = 300 if os.environ.get("HYPOTHESIS_PROFILE") == "ci" else 15


@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck),
          phases=(Phase.explicit, Phase.reuse, Phase.generate))  # shrinking 10 kB takes minutes
@given(strings=st.lists(hostile(), min_size=5, max_size=9))
def test_nothing_of_a_hostile_machine_is_obeyed(
    strings: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.getbasetemp() / "hostile"
    place.mkdir(exist_ok=True)
    assert losses(strings, hostile_machine(strings), place) == []


def _with(**disk: object) -> Machine:
    """The practice machine with other facts of its blank disk."""
    return replace(RECORDED, disks=tuple(
        replace(d, **disk) if d.id == MIRROR else d for d in RECORDED.disks))  # type: ignore[arg-type]


def test_the_log_is_safe_to_print(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    log.write("a\x1b[2J\udcff\rb\n\tc")
    lines = [line.split("] ", 1)[1] for line in (tmp_path / "log").read_text().splitlines()]
    assert lines == ["a\\x1b[2J\\xff\\x0db", "        c"]


def test_a_failed_program_s_last_words_are_cleaned_in_the_error_and_kept_beside_it() -> None:
    with pytest.raises(CommandFailed, match=r"sh failed \(3\): a\\x1bc$") as caught:
        Host().run(["sh", "-c", "printf 'a\\033c\\n' >&2; exit 3"])
    assert caught.value.output == "a\x1bc\n"


def test_a_recording_is_cleaned_as_a_disk_s_strings_are() -> None:
    sent = json.loads(dump_machine(RECORDED))
    sent["hostname"] = "\x1b]0;x\x07"
    sent["disks"][0]["model"] = "M" * 9000
    machine = load_machine(json.dumps(sent))
    assert machine.hostname == "\\x1b]0;x\\x07"
    assert len(machine.disks[0].model) == LONGEST
    assert machine.files == RECORDED.files


def test_json_holds_no_control_character() -> None:
    assert as_json({"a": "\x7f\x1b\u202e"}) == r'{"a": "\u007f\u001b\u202e"}'


def test_an_id_is_quoted_where_it_may_be_pasted_into_a_shell(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine = _with(serial="$(reboot)")
    plan = make_plan(machine, Choices(SOURCE, "$(reboot)", SEED))
    (tmp_path / "plan").write_text(dump_plan(plan))
    monkeypatch.setattr("bootmirror.cli.running.open_session", lambda _: ReplaySession(machine))
    monkeypatch.setattr("os.geteuid", lambda: 0)
    assert main(["apply", str(tmp_path / "plan")]) == ExitCode.REFUSED
    assert "Consent with --erase '$(reboot)'." in capsys.readouterr().err


def test_a_mount_point_is_quoted_where_it_may_be_pasted_into_a_shell() -> None:
    stick = Mount("/media/$(reboot)", "/dev/sda", "ext4", "rw")
    machine = replace(RECORDED, mounts=(*RECORDED.mounts, stick))
    said = [str(r) for r in mirror_refusals(machine, SOURCE, MIRROR)]
    assert any("(umount '/media/$(reboot)')" in text for text in said)


@pytest.mark.parametrize("target", ["/srv/a\nb", "/srv/\udcff", "/srv/" + "x" * 5000, "/srv\\040"])
def test_a_mount_point_that_cannot_be_written_down_is_refused(target: str) -> None:
    mounts = tuple(replace(m, target=clean(target, LONGEST)) if m.target == "/boot" else m
                   for m in RECORDED.mounts)
    found = source_refusals(replace(RECORDED, mounts=mounts), SOURCE)
    assert "mount-point" in [r.code for r in found]


def test_a_label_that_became_longer_is_cut_to_what_its_file_system_takes() -> None:
    longer = clean("\x1b[31m\x07data")
    assert fitting_label(longer, Xfs().longest_label) == "\\x1b[31m\\x07"
    assert fitting_label(longer, Ext("ext4").longest_label) == "\\x1b[31m\\x07data"
    assert fitting_label("漢字漢字漢字", 16) == "漢字漢字漢"


@pytest.mark.parametrize(("label", "given"), [("EFI", True), ("", False), ("\\x1b", False),
                                              ("A:B", False), ("TWELVE_CHARS", False)])
def test_an_esp_s_label_is_given_only_where_mkfs_takes_it(label: str, given: bool) -> None:
    plan = make_plan(RECORDED, Choices(SOURCE, MIRROR, SEED))
    boot = replace(plan.boot, esp_uuid="B007-0001", esp_label=label)
    assert (" -n " in MakeFat(boot, "/dev/sda1").describe()) is given


def test_a_file_with_control_characters_is_warned_of_and_kept_as_it_is() -> None:
    text = (RECORDED.file("/etc/fstab") or "") + "# \x1b[2J \udce9\r\n"
    files = tuple((p, text if p == "/etc/fstab" else t) for p, t in RECORDED.files)
    plan = make_plan(replace(RECORDED, files=files), Choices(SOURCE, MIRROR, SEED))
    fstab = plan.config("/etc/fstab")
    assert fstab.text.endswith("# \x1b[2J \udce9\r\n")
    assert [(c.severity, c.message.split()[0]) for c in fstab.complaints] == [
        (Severity.WARNING, "\\x1b")]
    assert not plan.errors
