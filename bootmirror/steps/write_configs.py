"""write-configs: the plan's files into the copy, as the user left them."""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.actions.files import WriteFile
from bootmirror.actions.places import in_copy
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.arrived import all_arrived
from bootmirror.steps.first_boot_units import WriteUnits
from bootmirror.steps.mounted_copy import mount_copy
from bootmirror.steps.own_files import copied_configs
from bootmirror.steps.report_unit import WriteReportUnit
from bootmirror.steps.step import Step


class WriteConfigs(Step):
    """Only in the copy; the running system's files stay as they are."""

    id = "write-configs"
    title = "Write the configuration"

    def actions(self, plan: Plan, machine: Machine) -> tuple[Action, ...]:
        return (
            *mount_copy(plan, machine),
            *(WriteFile(in_copy(c.path), c.text, c.purpose, like=in_copy(c.like) if c.like else "")
              for c in copied_configs(plan)),
            WriteUnits(),
            WriteReportUnit(),
            all_arrived(plan),
        )
