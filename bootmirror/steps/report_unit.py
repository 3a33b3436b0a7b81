"""A systemd unit in the copy that tells a rehearsal (bootmirror.rehearsal) how a boot went.

It stays in the system. Everywhere but in a rehearsal's virtual machine it ends at once: it speaks
only where the chassis' asset tag (SMBIOS, /sys/class/dmi/id) is one that a rehearsal has set, and
then to the second serial line, which nobody else reads.
"""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.places import in_copy
from bootmirror.actions.report import Report
from bootmirror.host.host import Host

UNITS = "/etc/systemd/system"
UNIT = "bootmirror-report@.service"
# Which target starts it, and what it then says of the boot.
WANTED_BY = {"multi-user.target": "up", "emergency.target": "emergency"}

TAG = "bootmirror-rehearsal-"  # the asset tag's beginning; a number of the rehearsal's own follows
BEGIN, END = "bootmirror-report begin", "bootmirror-report end"

# A boot that ends at the emergency prompt drops its way to multi-user.target and starts what came
# after that all the same: so whether it is up is asked.
# Unit files double "$" (systemd.service(5)).
_TELL = f"""
tag=$(cat /sys/class/dmi/id/chassis_asset_tag 2>/dev/null);
case "$tag" in {TAG}*) ;; *) exit 0;; esac;
[ "$1" != up ] || systemctl --quiet is-active multi-user.target || exit 0;
root=$(findmnt --noheadings --nofsroot --raw --output SOURCE / | tail --lines=1);
{{
echo;
echo "{BEGIN} $tag";
echo "state $1";
echo "root $root";
lsblk --inverse --noheadings --raw --paths --output NAME,TYPE "$root" |
while read -r line; do echo "under $line"; done;
while read -r line; do echo "mdstat $line"; done < /proc/mdstat;
findmnt --fstab --noheadings --raw --output TARGET,OPTIONS | while read -r target options; do
findmnt --noheadings "$target" > /dev/null || echo "absent $target $options"; done;
systemctl list-units --failed --plain --no-legend --full |
while read -r unit rest; do echo "failed $unit"; done;
echo "{END} $tag";
}} > /dev/ttyS1
"""


def unit_text() -> str:
    tell = " ".join(_TELL.split()).replace("$", "$$")
    return f"""\
# Written by bootmirror. Only in the virtual machine of bootmirror rehearse does it do anything.
[Unit]
Description=bootmirror: tell a rehearsal how this boot went (%i)
ConditionVirtualization=vm
DefaultDependencies=no
After=multi-user.target
[Service]
Type=oneshot
TimeoutStartSec=120
ExecStart=/bin/sh -c '{tell}' report %i
"""


def _links() -> dict[str, str]:
    """The links by which the targets start it, and what each names."""
    return {
        f"{UNITS}/{target}.wants/{UNIT.replace('@', f'@{state}')}": f"{UNITS}/{UNIT}"
        for target, state in WANTED_BY.items()
    }


def report_paths() -> tuple[str, ...]:
    """Every file of it, as paths of the system."""
    return (f"{UNITS}/{UNIT}", *_links())


@dataclass(frozen=True)
class WriteReportUnit:
    """Into the copy, where it has systemd."""

    def describe(self) -> str:
        return f"write {UNIT} into the copy: in a rehearsal's virtual machine it tells how it boots"

    def perform(self, host: Host, report: Report) -> None:
        if not host.exists(in_copy(UNITS)):
            report.note("the copy has no systemd: a rehearsal can only read its console")
            return
        host.write(in_copy(f"{UNITS}/{UNIT}"), unit_text(), mode=0o644)
        for link, target in _links().items():
            host.make_directory(in_copy(link).rpartition("/")[0])
            host.run(["ln", "--symbolic", "--force", "--no-dereference", target, in_copy(link)])
