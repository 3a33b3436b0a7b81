"""What is mounted only while somebody asks for it (x-systemd.automount), asked for before a look.

Until then, and again when nobody has used it for a while, an autofs is all that is mounted there.
"""

from __future__ import annotations

from bootmirror.host.host import Host
from bootmirror.plan.model import Plan
from bootmirror.steps.places import by_depth


def ask_for_mounts(host: Host, plan: Plan) -> None:
    """Have every planned mount point mounted. One that cannot be is for the look to find."""
    for filesystem in by_depth(plan):
        host.listing(filesystem.mountpoint)
