"""What is proved of each disk's boot, and how old that is: a line of verify."""

from __future__ import annotations

import time
from collections.abc import Iterator

from bootmirror.engine.view import ConversionView, Proof, Verdict
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Check
from bootmirror.plan.model import DiskRef, Plan

NAME = "each disk boots alone"
ADVICE = ("Install the boot loader on that disk anew and build the initramfs anew, then rehearse "
          "once more: bootmirror rehearse shows its console.")
DAY = 86_400.0  # seconds
SLACK = 60.0  # seconds that a clock may have been set back without anybody being told
# What decides whether and how the system boots, beside kernels and their initramfs.
FILES = ("/etc/fstab", "/etc/mdadm/mdadm.conf", "/etc/mdadm.conf", "/etc/lilo.conf",
         "/boot/grub/grub.cfg", "/boot/grub2/grub.cfg")
IMAGES = ("vmlinuz-", "initrd.img-", "initramfs-")
LOADERS = "/boot/efi/EFI"  # UEFI: boot loaders (*.efi), a directory for each system


def boots_alone(view: ConversionView, plan: Plan, host: Host, now: float) -> Check:
    """Holds unless a rehearsal has found a disk not to boot: not every machine can rehearse."""
    disks = (plan.source, plan.mirror)
    proofs = [proof for disk in disks if (proof := alone(view, disk)) is not None]
    parts = [_told(disk, alone(view, disk), now) for disk in disks]
    detail = ", ".join(parts)
    changed = next(_changed(host, proofs), "")
    if any(proof.at > now + SLACK for proof in proofs):
        detail += "; the clock was set back, so what changed since cannot be told: rehearse again"
    elif changed:
        detail += f"; since then {changed} changed: rehearse again"
    elif len(proofs) < len(disks):
        detail += f". {view.rehearse_hint or 'Rehearse: bootmirror rehearse.'}"
    return Check(NAME, all(p.verdict is not Verdict.FAILED for p in proofs), detail, ADVICE)


def alone(view: ConversionView, disk: DiskRef) -> Proof | None:
    """What was found of that disk by itself: a first boot before the reboot is another matter."""
    proof = view.proof(disk.id)
    return None if proof is None or proof.first_boot else proof


def _told(disk: DiskRef, proof: Proof | None, now: float) -> str:
    if proof is None:
        return f"{disk.name} not rehearsed"
    if proof.proved:
        return f"{disk.name} proved {_when(proof.at, now)}"
    found = "found not to boot" if proof.verdict is Verdict.FAILED else "not proved"
    return f"{disk.name} {found} {_when(proof.at, now)} ({proof.reason.rstrip('.')})"


def _when(at: float, now: float) -> str:
    """12:04 on the same day, else how many days ago; the date where a clock was set back."""
    if time.localtime(at)[:3] == time.localtime(now)[:3]:
        return time.strftime("%H:%M", time.localtime(at))
    if at > now:
        return time.strftime("%Y-%m-%d", time.localtime(at))
    days = max(1, round((now - at) / DAY))
    return "a day ago" if days == 1 else f"{days} days ago"


def _changed(host: Host, proofs: list[Proof]) -> Iterator[str]:
    """The files the boot hangs on that are younger than the oldest proof."""
    if not proofs:
        return
    since = min(proof.at for proof in proofs)
    images = [f"/boot/{name}" for name in host.listing("/boot") if name.startswith(IMAGES)]
    loaders = [f"{LOADERS}/{system}/{name}" for system in host.listing(LOADERS)
               for name in host.listing(f"{LOADERS}/{system}") if name.lower().endswith(".efi")]
    yield from (path for path in (*FILES, *images, *loaders) if host.written(path) > since)
