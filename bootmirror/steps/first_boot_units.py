"""Three systemd units in the copy, for its first boot alone; confirm-first-boot removes them.

One confirms the first boot as soon as the system is up: from then on the mirror is the system, and
no reboot may bring the old one back. Until a person comes, that can be days. A system may never be
up by systemd's word, as something that it starts does not end (an rc.local, say), and work all the
same: the second confirms it, when services have been starting for a while.

The third goes back to the old disk when systemd gives up and waits for a person at the console, or
never gets as far as starting services: nobody may be there. (A kernel that finds no root, or no
init, panics, and ``panic=5`` goes back.)
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from bootmirror.actions.places import in_copy
from bootmirror.actions.report import Report
from bootmirror.formats.grub_custom import FIRST_BOOT_WORD
from bootmirror.host.host import Host
from bootmirror.host.own_command import own_command

UNITS = "/etc/systemd/system"
CONFIRM, FALL_BACK = "bootmirror-confirm.service", "bootmirror-fall-back.service"
CONFIRM_LATE = "bootmirror-confirm-late.service"  # which FALL_BACK starts
WANTED_BY = {CONFIRM: "multi-user.target", FALL_BACK: "sysinit.target"}
PATIENCE = 300  # seconds at an emergency prompt before the machine goes back
LIMIT = 1800  # seconds without ever having started services
LATE = 600  # seconds of starting services before that counts as up

# Unit files double "$" (systemd.service(5)).
_WATCH = f"""
waited=0; prompted=0; starting=0;
while sleep 10; do
waited=$((waited + 10));
case "$(systemctl is-system-running)" in
running|degraded) exit 0;;
maintenance) prompted=$((prompted + 10)); [ "$prompted" -lt {PATIENCE} ] || break;;
*) if systemctl --quiet is-active basic.target;
then starting=$((starting + 10)); [ "$starting" -lt {LATE} ] ||
exec systemctl start --no-block {CONFIRM_LATE};
else [ "$waited" -lt {LIMIT} ] || break; fi;;
esac;
done;
echo "bootmirror: the first boot from the mirror did not come up; back to the old disk";
systemctl reboot --force
"""


def _texts() -> dict[str, str]:
    watch = " ".join(_WATCH.split()).replace("$", "$$")
    confirms = f"""\
[Service]
Type=oneshot
UMask=0077
# Refused, or a person is needed: bootmirror itself tells that, not a failed unit.
SuccessExitStatus=3 5
ExecStart={shlex.join(own_command("worker", "--until", "confirm-first-boot"))}
"""
    return {
        CONFIRM: f"""\
# Written by bootmirror for the first boot from the mirror; it removes this file.
# Also where somebody chose the mirror in a menu: it is the system then, and no boot shall go back.
[Unit]
Description=bootmirror: confirm the first boot from the mirror
After=multi-user.target
{confirms}""",
        CONFIRM_LATE: f"""\
# Written by bootmirror for the first boot from the mirror; it removes this file.
[Unit]
Description=bootmirror: confirm a first boot in which something never ends starting
{confirms}""",
        FALL_BACK: f"""\
# Written by bootmirror for the first boot from the mirror; it removes this file.
# To stay in a boot that stopped at the emergency prompt: systemctl stop {FALL_BACK}
[Unit]
Description=bootmirror: go back to the old disk when the first boot does not come up
ConditionKernelCommandLine={FIRST_BOOT_WORD}
DefaultDependencies=no
[Service]
Type=exec
StandardOutput=journal+console
ExecStart=/bin/sh -c '{watch}'
""",
    }


def unit_paths() -> tuple[str, ...]:
    """Every file of theirs, as paths of the system."""
    return (
        *(f"{UNITS}/{name}" for name in _texts()),
        *(f"{UNITS}/{target}.wants/{name}" for name, target in WANTED_BY.items()),
    )


@dataclass(frozen=True)
class WriteUnits:
    """Into the copy, where it has systemd."""

    def describe(self) -> str:
        return (f"write {CONFIRM}, {CONFIRM_LATE} and {FALL_BACK} into the copy: the first boot "
                "confirms itself, or goes back to the old disk")

    def perform(self, host: Host, report: Report) -> None:
        if not host.exists(in_copy(UNITS)):
            report.note("the copy has no systemd: the first boot is confirmed by bootmirror resume")
            return
        for name, text in _texts().items():
            host.write(in_copy(f"{UNITS}/{name}"), text, mode=0o644)
        for name, target in WANTED_BY.items():
            wants = in_copy(f"{UNITS}/{target}.wants")
            host.make_directory(wants)
            host.run(["ln", "--symbolic", "--force", "--no-dereference", f"{UNITS}/{name}",
                      f"{wants}/{name}"])


@dataclass(frozen=True)
class RemoveUnits:
    """From the running system: they have done their work.

    systemd is not told to read its units anew: one that this runs in would lose its settings, and
    be ended after the 90 seconds that any unit gets.
    """

    def describe(self) -> str:
        return f"remove {CONFIRM}, {CONFIRM_LATE} and {FALL_BACK}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        there = [path for path in unit_paths() if host.exists(path)]
        if not there:
            return
        if host.exists("/run/systemd/system"):
            host.run(["systemctl", "stop", FALL_BACK], ok=range(256))
        for path in there:
            host.remove(path, as_if_never=True)
