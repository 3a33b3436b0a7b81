"""What is known of the disks' boots: which can be rehearsed, what was found, and that in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bootmirror.engine.view import ConversionView, Phase, Proof, RehearsalView
from bootmirror.machine.model import Machine
from bootmirror.plan.model import DiskRef, Plan
from tui.words import ago, moment


@dataclass(frozen=True)
class Rehearsals:
    """A view of them at one moment (``now``, seconds since the epoch)."""

    view: ConversionView
    machine: Machine
    plan: Plan | None
    now: float

    @property
    def running(self) -> RehearsalView | None:
        """The rehearsal that is at work."""
        found = self.view.rehearsal
        return found if found is not None and found.running else None

    @property
    def planned(self) -> tuple[DiskRef, ...]:
        """The disks of the conversion, the source first."""
        return (self.plan.source, self.plan.mirror) if self.plan else ()

    @property
    def disks(self) -> tuple[DiskRef, ...]:
        """Those that can be rehearsed now, are, or once were."""
        known = {*self.view.rehearsable, *(proof.disk for proof in self.view.proofs)}
        known |= {self.view.rehearsal.disk} if self.view.rehearsal else set()
        return tuple(disk for disk in self.planned if disk.id in known)

    def name_of(self, disk_id: str) -> str:
        """The disk's kernel name today, else the one it had, else its id."""
        disk = self.machine.disk(disk_id)
        if disk is not None:
            return disk.name
        return next((ref.name for ref in self.planned if ref.id == disk_id), disk_id)

    # -- what is proved ---------------------------------------------------------------------

    def proof_now(self, disk_id: str) -> Proof | None:
        """The proof that counts now: of a first boot before the reboot, of the disk by itself
        afterwards.
        """
        proof = self.view.proof(disk_id)
        before = self.view.phase is Phase.REBOOT
        return proof if proof is not None and proof.first_boot is before else None

    @property
    def not_proved(self) -> bool:
        """Whether a disk that can be rehearsed now is not proved to boot."""
        return any(not self._proved(disk_id) for disk_id in self.view.rehearsable)

    def first_not_proved(self, disk_ids: Sequence[str]) -> str:
        """The first of these disks that is not proved to boot, else the first; "" of none."""
        return next((i for i in disk_ids if not self._proved(i)), next(iter(disk_ids), ""))

    def _proved(self, disk_id: str) -> bool:
        proof = self.proof_now(disk_id)
        return proof is not None and proof.proved

    # -- in words ---------------------------------------------------------------------------

    def known_of(self, disk_id: str) -> str:
        """ "proved 12:04, 3 hours ago", "not proved: ...", "never rehearsed"."""
        proof = self.view.proof(disk_id)
        if proof is None:
            return "never rehearsed"
        what = "first boot " if proof.first_boot else ""
        if not proof.proved:
            return f"{what}not proved: {proof.reason}"
        age = ago(self.now - proof.at)
        return f"{what}{self.briefly(proof)}{f', {age}' if age else ''}"

    def briefly(self, proof: Proof | None) -> str:
        """ "proved 12:04", "not proved 12:04", "never rehearsed"."""
        if proof is None:
            return "never rehearsed"
        return f"{'proved' if proof.proved else 'not proved'} {moment(proof.at, self.now)}"

    def before_reboot(self) -> str:
        """What is known of the first boot, in a sentence; "" where nothing is."""
        proof = self.proof_now(self.plan.mirror.id) if self.plan else None
        if proof is None:
            return ""
        told = f"A rehearsal of this boot: {self.briefly(proof)}."
        return told if proof.proved else f"{told} {proof.reason}"
