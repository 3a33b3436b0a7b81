"""From two disks to a plan: the part of a session that changes nothing, on any machine."""

from __future__ import annotations

import uuid

from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Machine
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import Plan
from bootmirror.plan.preflight import machine_refusals, mirror_refusals, source_refusals


class Planning:
    """That part of bootmirror.engine.session.Session."""

    def source_refusals(self, machine: Machine, disk_id: str) -> tuple[Refusal, ...]:
        return (*machine_refusals(machine), *source_refusals(machine, disk_id))

    def mirror_refusals(
        self, machine: Machine, source_id: str, disk_id: str, allow_removable: bool = False
    ) -> tuple[Refusal, ...]:
        return mirror_refusals(machine, source_id, disk_id, allow_removable)

    def choose(self, source_id: str, mirror_id: str, allow_removable: bool = False) -> Choices:
        return Choices(source_id, mirror_id, str(uuid.uuid4()), allow_removable)

    def plan(self, machine: Machine, choices: Choices) -> Plan:
        from bootmirror.plan.planner import make_plan  # noqa: PLC0415 - keeps status quick

        return make_plan(machine, choices)
