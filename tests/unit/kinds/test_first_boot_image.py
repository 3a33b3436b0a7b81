"""Which GRUB on the mirror's ESP is made anew for the first boot."""

from __future__ import annotations

from pathlib import Path

import pytest

from bootmirror.errors import StepFailed
from bootmirror.kinds import first_boot_image
from bootmirror.kinds.first_boot_image import FirstBootImage
from tests.unit.steps.mirrored import Answers
from tests.unit.steps.test_copying import Quiet


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with shim and an unsigned GRUB; the signed one is installed too."""
    own = tmp_path / "EFI/debian"
    signed = tmp_path / "lib/x86_64-efi-signed"
    for directory in (own, signed):
        directory.mkdir(parents=True)
    (own / "shimx64.efi").write_text("shim")
    (own / "grubx64.efi").write_text("as grub-install made it")
    (signed / "grubx64.efi.signed").write_text("signed")
    monkeypatch.setattr(first_boot_image, "SIGNED", tmp_path / "lib", raising=False)
    return own


def _made(place: Path, architecture: str = "x86_64") -> list[tuple[str, ...]]:
    host = Answers()
    host.outputs["grub-mkimage"] = ""
    FirstBootImage(str(place), "/EFI/debian", architecture).perform(host, Quiet())
    return host.ran


@pytest.mark.parametrize("shim", [True, False])
def test_an_unsigned_one_is_made_anew_whether_shim_lies_beside_it_or_not(
    place: Path, shim: bool
) -> None:
    """It does not read the file beside it: the first boot would end at its prompt."""
    if not shim:
        (place / "shimx64.efi").unlink()
    (made,) = _made(place)
    assert made[:7] == ("grub-mkimage", "--format", "x86_64-efi", "--prefix", "/EFI/debian",
                        "--output", f"{place}/grubx64.efi")


def test_the_signed_one_stays_as_it_is(place: Path) -> None:
    (place / "grubx64.efi").write_text("signed")
    assert _made(place) == []


def test_one_that_cannot_be_made_is_said(place: Path) -> None:
    with pytest.raises(StepFailed, match="no GRUB in"):
        _made(place, "riscv64")
    (place / "grubx64.efi").unlink()
    with pytest.raises(StepFailed, match="no GRUB in"):
        _made(place)
