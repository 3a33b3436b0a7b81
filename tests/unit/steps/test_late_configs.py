"""Configuration files edited after the last step: kept, and told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bootmirror.host.host import Host
from bootmirror.plan.model import ConfigFile, Plan
from bootmirror.steps import late_files
from bootmirror.steps.late_files import edited_configs
from tests.unit.steps.test_confirm import PLAN


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The old system's root, mounted aside."""
    (tmp_path / "etc").mkdir()
    monkeypatch.setattr(late_files, "origin", lambda filesystem: str(tmp_path))
    return tmp_path


def with_config(current: str | None) -> Plan:
    config = ConfigFile("/etc/fstab", "what is mounted", current, "generated\n", "edited\n")
    return replace(PLAN, configs=(config,))


@pytest.mark.parametrize(("current", "now", "found"), [
    ("today\n", "today\n", []),
    ("today\n", "today\nand more\n", ["/etc/fstab"]),
    (None, "new\n", ["/etc/fstab"]),
    (None, None, []),
    ("today\n", None, []),  # nothing to keep
])
def test_it_is_compared_with_what_the_plan_was_made_from(
    old: Path, current: str | None, now: str | None, found: list[str]
) -> None:
    if now is not None:
        (old / "etc/fstab").write_text(now)
    plan = with_config(current)
    assert edited_configs(Host(), plan, plan.root) == found


def test_a_file_of_another_file_system_is_not_looked_for_there(old: Path) -> None:
    (old / "etc/fstab").write_text("something else\n")
    plan = with_config("today\n")
    elsewhere = replace(plan.root, mountpoint="/boot")
    assert edited_configs(Host(), plan, elsewhere) == []
