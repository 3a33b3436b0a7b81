"""Taking the state directory over to the copy, so that the mirror knows where it stands.

The last time is in the reboot step. Earlier ones are for whoever boots the unfinished mirror by
hand: its journal tells that it is one.
"""

from __future__ import annotations

from bootmirror.actions.action import Action
from bootmirror.actions.commands import command
from bootmirror.actions.places import STATE, TARGET


def carry_state() -> tuple[Action, ...]:
    """Plan and journal as they are now, into the copy."""
    return (
        command("mkdir", "--parents", "--mode=0700", TARGET + STATE),
        command("rsync", "-a", "--delete", f"{STATE}/", f"{TARGET}{STATE}/"),
    )
