"""Files that a person names: plans and edited configurations of somebody else are refused."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bootmirror.engine.plan_file import dump_plan
from tests.unit.cli.conftest import Run
from tests.unit.engine.fakes import plan
from tests.unit.planting import PLANTS, THEIRS, VICTIM, Plant, untouched

Capture = pytest.CaptureFixture[str]
PLAN = ("plan", "--source", "sda", "--mirror", "sdb")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    path = tmp_path / "victim"
    path.write_text(VICTIM)
    return path


@pytest.fixture
def configs(run: Run, tmp_path: Path) -> Path:
    assert run(*PLAN, "--configs", tmp_path / "configs", "--out", tmp_path / "plan.json") == 0
    return tmp_path / "configs"


@pytest.mark.parametrize("plant", PLANTS)
def test_a_plan_is_not_written_through_a_plant(
    run: Run, tmp_path: Path, victim: Path, plant: Plant, capsys: Capture
) -> None:
    path = tmp_path / "plan.json"
    plant(path, victim)
    assert run(*PLAN, "--out", path) == 3
    assert str(path) in capsys.readouterr().err
    assert untouched(victim)


@pytest.mark.parametrize("plant", [p for p in PLANTS if p.__name__ != "second_name"])
def test_a_planted_plan_is_not_applied(
    run: Run, tmp_path: Path, plant: Plant, capsys: Capture
) -> None:
    aim, path = tmp_path / "good.json", tmp_path / "plan.json"
    aim.write_text(dump_plan(plan()))
    plant(path, aim)
    if plant.__name__ in ("open_to_all", "theirs"):
        path.write_text(dump_plan(plan()))  # good, but for who could have written it
    assert run("apply", path, "--erase", "MIR1") == 3
    assert str(path) in capsys.readouterr().err


def test_configs_are_for_us_alone(run: Run, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert run(*PLAN, "--configs", tmp_path / "configs") == 0
    finally:
        os.umask(before)
    found = [tmp_path / "configs", *(tmp_path / "configs").iterdir()]
    assert [path.stat().st_mode & 0o777 for path in found] == [0o700] + [0o600] * (len(found) - 1)
    assert len(found) > 1


@pytest.mark.parametrize("plant", [p for p in PLANTS if p.__name__ != "second_name"])
def test_a_planted_configuration_is_neither_read_nor_overwritten(
    run: Run, configs: Path, victim: Path, plant: Plant, capsys: Capture
) -> None:
    path = configs / "etc-fstab"
    path.unlink()
    plant(path, victim)
    assert run("apply", configs.with_name("plan.json"), "--configs", configs,
               "--erase", "MIR1") == 3
    assert "etc-fstab" in capsys.readouterr().err
    assert run(*PLAN, "--configs", configs) == 3
    assert "etc-fstab" in capsys.readouterr().err
    assert untouched(victim)


def test_configs_in_a_directory_that_others_can_write_to_are_refused(
    run: Run, configs: Path, capsys: Capture
) -> None:
    configs.chmod(0o777)
    apply = ("apply", configs.with_name("plan.json"), "--configs", configs, "--erase", "MIR1")
    assert run(*apply) == 3
    assert "written by others" in capsys.readouterr().err
    assert run(*PLAN, "--configs", configs) == 3
    configs.chmod(0o755)
    configs.rename(configs.with_name("moved"))
    configs.symlink_to("moved")
    assert run(*apply) == 3
    assert "not a directory of its own" in capsys.readouterr().err


@as_root
def test_a_directory_of_somebody_else_is_refused(
    run: Run, configs: Path, capsys: Capture
) -> None:
    os.chown(configs, THEIRS, THEIRS)
    assert run("apply", configs.with_name("plan.json"), "--configs", configs,
               "--erase", "MIR1") == 3
    assert "another user" in capsys.readouterr().err
