"""Whether somebody hears of a disk that fails."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.formats.mdadm_conf import MdadmConf
from bootmirror.kinds.boot import Check
from bootmirror.plan.configs import MDADM_CONF
from bootmirror.steps.monitor import START_BY_HAND, running_monitor
from bootmirror.steps.points.look import Look


def monitoring(look: Look) -> Iterator[Check]:
    process = running_monitor(look.host)
    yield Check("monitoring", bool(process),
                f"mdadm --monitor runs (process {process})" if process
                else "no mdadm --monitor runs: nobody hears of a disk that fails",
                f"{START_BY_HAND}; it ends at once while {MDADM_CONF} names nobody.")
    if not look.host.find("mdadm"):  # one that was started before may run on
        yield Check("mdadm", False, "mdadm is not installed: the next initramfs cannot start the "
                    "arrays", "Install mdadm again, then build the initramfs anew.")
    named = MdadmConf.parse(look.machine.file(MDADM_CONF) or "").told
    mail = "" if look.host.find("sendmail") else " (no sendmail is installed)"
    yield Check("mail address", bool(named),
                f"{MDADM_CONF} tells {', '.join(named)}{mail}" if named
                else f"{MDADM_CONF} has neither MAILADDR nor PROGRAM: the monitor does not start",
                f"Write MAILADDR and an address in {MDADM_CONF}, then start the monitor again.")
