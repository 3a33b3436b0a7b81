"""Fixtures of the lab: every test here is marked ``lab``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.lab import MIB, Lab, LabDisk

SOURCE = LabDisk("source", 256 * MIB, "BMLAB-SRC-1")
MIRROR = LabDisk("mirror", 256 * MIB, "BMLAB-MIR-2")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.lab)


@pytest.fixture(scope="session")
def server_image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The disk image of a small server: /boot, / and swap, made once."""
    lab = Lab(tmp_path_factory.mktemp("server"), [SOURCE])
    lab.run("build_source.py").check()
    return lab.image(SOURCE.name)


def small_server(place: Path, image: Path, *more: LabDisk) -> Lab:
    """A lab whose sda is the small server's disk, and whose other disks are blank."""
    place.mkdir(parents=True, exist_ok=True)
    _copy_sparse(image, place / f"{SOURCE.name}.img")
    return Lab(place, [SOURCE, *more])


def _copy_sparse(image: Path, to: Path) -> None:
    """Copy a file with its holes: the images stay small."""
    with image.open("rb") as old, to.open("wb") as new:
        for chunk in iter(lambda: old.read(MIB), b""):
            if chunk.strip(b"\0"):
                new.write(chunk)
            else:
                new.seek(len(chunk), 1)
        new.truncate(image.stat().st_size)


@pytest.fixture
def blank_lab(tmp_path: Path) -> Lab:
    """Two blank disks, sda and sdb, and the host's files as the root."""
    return Lab(tmp_path / "lab", [SOURCE, MIRROR])
