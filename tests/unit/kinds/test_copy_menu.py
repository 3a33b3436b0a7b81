"""os-prober is held back while the copy's update-grub runs: it would enter the old root."""

from __future__ import annotations

from pathlib import Path

import pytest

from bootmirror.actions.places import in_copy
from bootmirror.kinds.copy_menu import HoldBack
from tests.unit.steps.machines import texts
from tests.unit.steps.mirrored import Answers
from tests.unit.steps.test_copying import Quiet

PLACE = in_copy("/usr/bin/os-prober")


@pytest.mark.parametrize("loader", ["grub-bios", "grub-efi"])
def test_it_does_nothing_while_the_menu_is_written_and_is_let_go(loader: str) -> None:
    lines = texts(loader, "install-boot-loader")
    update = next(n for n, line in enumerate(lines) if line.endswith("update-grub"))
    assert lines[update - 1].startswith(f"mount --bind /usr/bin/true {PLACE}")
    assert lines[update + 1] == f"unmount everything below {PLACE}"
    assert lines[update + 2].startswith("check that")


def test_only_where_it_is_installed(tmp_path: Path) -> None:
    host = Answers()
    HoldBack(PLACE).perform(host, Quiet())
    assert host.ran == []
    prober = tmp_path / "os-prober"
    prober.touch()
    for true in ("/bin/true", "/usr/bin/true"):
        host.paths |= {str(prober), true}
        host.outputs["mount"] = ""
        HoldBack(str(prober)).perform(host, Quiet())
        assert host.ran[-1] == ("mount", "--bind", true, str(prober))


def test_a_link_out_of_the_copy_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it leads to would be the running system's."""
    host = Answers()
    host.paths.add(PLACE)
    monkeypatch.setattr(host, "link", lambda _path: "/usr/local/bin/os-prober")
    HoldBack(PLACE).perform(host, Quiet())
    assert host.ran == []
