"""mdadm's monitor: whether it runs, and having it run (mdadm(8), MONITOR MODE)."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.host.host import Host

SYSTEMD = "/run/systemd/system"  # is there where systemd runs (sd_booted(3))
UNIT = ("systemctl", "restart", "mdmonitor.service")
PLAIN = ("mdadm", "--monitor", "--scan", "--daemonise", "--syslog",
         "--pid-file=/run/mdadm/monitor.pid")
START_BY_HAND = f"Start it ({' '.join(UNIT)}), or see why it ended (journalctl -u mdmonitor)"

_FOLLOW = ("--monitor", "--follow", "-F")
_ONCE = ("--oneshot", "-1", "--test", "-t")


def running_monitor(host: Host) -> str:
    """The id of a process that is mdadm's monitor and stays; "" when there is none."""
    for pid in host.listing("/proc"):
        if pid.isdigit():
            program, *words = (host.read(f"/proc/{pid}/cmdline") or "").split("\0")
            if program.rsplit("/", 1)[-1] == "mdadm" and set(words) & set(_FOLLOW) and not (
                    set(words) & set(_ONCE)):
                return pid
    return ""


@dataclass(frozen=True)
class StartMonitor:
    """Have the monitor run. Whether it does is looked at afterwards, with the rest."""

    def describe(self) -> str:
        return f"{' '.join(UNIT)}, where no monitor runs (without systemd: {' '.join(PLAIN)})"

    def perform(self, host: Host, report: Report) -> None:
        process = running_monitor(host)
        if process:
            report.note(f"mdadm's monitor runs (process {process})")
        elif host.exists(SYSTEMD):
            host.run(UNIT, ok=range(256), timeout=60)
        else:
            host.make_directory("/run/mdadm")
            host.run(PLAIN, ok=range(256), timeout=60)
