"""The user's settings that the copy's own programs read, brought from the running system anew.

The copy has them as they were when it was made. What is corrected in the running system, after a
program failed by them, must be in the copy when the step is tried again.
"""

from __future__ import annotations

from collections.abc import Sequence

from bootmirror.actions.action import Action
from bootmirror.actions.commands import command
from bootmirror.actions.places import TARGET
from bootmirror.host.host import original_of
from bootmirror.plan.model import Plan
from bootmirror.steps.copying import RSYNC, VANISHED
from bootmirror.steps.own_files import copied_configs


def bring_settings(plan: Plan, places: Sequence[str]) -> tuple[Action, ...]:
    """These files and directories as they are now; what the plan has written there stays.

    Not what a link in their place leads to: in the copy that could be the running system's own.
    """
    if not places:
        return ()
    written = [path for config in copied_configs(plan)
               for path in (config.path, str(original_of(config.path)))]
    own = [path for path in written if path.startswith(tuple(f"{place}/" for place in places))]
    return (command(
        *RSYNC, "--relative", "--delete", "--delete-missing-args",
        *(f"--exclude={path}" for path in own), *places, f"{TARGET}/", ok=(0, VANISHED)),)
