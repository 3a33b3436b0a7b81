"""The spares of a mirror whose halves are alike: which are in after each resync, and between."""

from __future__ import annotations

from bootmirror.machine.inspect import inspect
from tests.lab.guest.results import hand_back, run
from tests.lab.guest.steps import host, perform


def waiting() -> list[str]:
    """Members in no slot, whichever array's."""
    return sorted(m.name for a in inspect(host()).arrays for m in a.members if m.slot is None)


def main() -> None:
    perform("resync")
    found = {"added": waiting()}
    # As after a boot at which its disk came late, or not at all.
    array = next(a.name for a in inspect(host()).arrays if any(m.name == "sdc1" for m in a.members))
    run("udevadm", "settle")
    run("mdadm", f"/dev/{array}", "--fail", "/dev/sdc1")
    run("mdadm", f"/dev/{array}", "--remove", "/dev/sdc1")
    found["left out"] = waiting()
    perform("resync")
    found["again"] = waiting()
    perform("resync")
    found["once more"] = waiting()
    hand_back(found)


if __name__ == "__main__":
    main()
