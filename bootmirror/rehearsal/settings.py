"""How a rehearsal is carried out, where a person wants it otherwise."""

from __future__ import annotations

from dataclasses import dataclass

KVM, TCG = "kvm", "tcg"


@dataclass(frozen=True)
class Settings:
    """Each has a default."""

    accelerator: str = ""  # kvm or tcg; "": what works
    limit: int = 0  # seconds a boot may take; 0: by the accelerator
    memory: int = 0  # MiB; 0: as much as may be had
    bus: str = ""  # sata, scsi, virtio or nvme; "": what the disk hangs on


DEFAULT = Settings()


def as_words(settings: Settings) -> list[str]:
    """As options of a command line, those that are not the default."""
    return [
        f"--{name}={value}" for name, value in vars(settings).items() if value
    ]
