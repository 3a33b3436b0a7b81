"""What holds for every format: nothing makes it fail, and what was not touched comes back."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.complaint import Complaint
from bootmirror.formats.crypttab import Crypttab, lint_crypttab
from bootmirror.formats.dracut_conf import DracutConf, lint_dracut_conf
from bootmirror.formats.fstab import Fstab, lint_fstab
from bootmirror.formats.grub_custom import with_entry, without_entry
from bootmirror.formats.grubenv import parse_grubenv
from bootmirror.formats.lilo_conf import LiloConf, lint_lilo_conf
from bootmirror.formats.lines import split_lines
from bootmirror.formats.mdadm_conf import MdadmConf, lint_mdadm_conf
from bootmirror.formats.mdstat import parse_mdstat
from bootmirror.formats.raidtab import Raidtab, lint_raidtab
from bootmirror.formats.shell_settings import ShellSettings, lint_shell_settings

from .samples import ENTRY
from .texts import LONG, anything, soup

WORDS = (
    "raiddev", "device", "raid-disk", "raid-level", "/dev/md0", "/dev/sda1", "nr-raid-disks",
    "ARRAY", "DEVICE", "UUID=", "name", "GRUB_CMDLINE_LINUX", "export ", "$x", "${x}", "$(", "`",
    "ext4", "/", "\\040", "\\377", ",", "image", "disk", "label", "lba32", "md0 : active raid1 ",
    "sda1[0](F)", " 100 blocks", " super 1.2", " [2/1] [U_]", "resync = 1.0% (1/100)",
    "resync=DELAYED", "finish=1.0min", "# bootmirror: begin", "# bootmirror: end", "}",
    "add_drivers+=", "luks,discard", "/dev/urandom",
)
texts = anything | soup(*WORDS)

FORMATS: list[Any] = [
    Fstab, Raidtab, MdadmConf, ShellSettings, LiloConf, DracutConf, Crypttab,
]
LINTS: list[Callable[[str], tuple[Complaint, ...]]] = [
    lint_fstab, lint_raidtab, lint_mdadm_conf, lint_shell_settings, lint_lilo_conf,
    lint_dracut_conf, lint_crypttab,
]


@pytest.mark.parametrize("cls", FORMATS)
@given(text=texts)
def test_what_was_read_comes_back(cls: Any, text: str) -> None:
    assert cls.parse(text).render() == text


@pytest.mark.parametrize("lint", LINTS)
@given(text=texts)
def test_a_complaint_names_a_place_in_the_text_and_a_way_out(
    lint: Callable[[str], tuple[Complaint, ...]], text: str
) -> None:
    lines = text.split("\n")
    for complaint in lint(text):
        assert 1 <= complaint.line <= len(lines)
        assert 1 <= complaint.column <= len(lines[complaint.line - 1]) + 1
        assert complaint.message and complaint.hint


@given(text=texts)
def test_readers_take_anything(text: str) -> None:
    parse_mdstat(text)
    parse_grubenv(text)
    without_entry(text)


@pytest.mark.parametrize("text", LONG, ids=lambda text: repr(text[:2]))
def test_a_megabyte_is_read(text: str) -> None:
    for cls in FORMATS:
        assert cls.parse(text).render() == text
    for lint in LINTS:
        lint(text)
    parse_mdstat(f"md0 : active {text}")
    parse_grubenv(text)
    assert without_entry(with_entry(text, ENTRY)) in (text, f"{text}\n", None)


@given(text=texts)
def test_lines_join_to_the_text(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert all(line.endswith("\n") for line in lines[:-1])
    assert all("\n" not in line[:-1] for line in lines)


@given(text=texts, value=st.text(max_size=40))
def test_a_setting_reads_back_as_set(text: str, value: str) -> None:
    settings = ShellSettings.parse("\n".join(["A=1", "B='x y'", 'C="$A z"']))
    for name in "ABX":
        assert settings.with_value(name, value).get(name) == value
    changed = ShellSettings.parse(text)
    if all(a.closed for a in changed.assignments) and changed.get("QQ") is None:
        assert changed.with_value("QQ", "1").render().startswith(text)
