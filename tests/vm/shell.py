"""A practice machine to work on by hand.

    python -m tests.vm.shell               boots it and logs in; it is gone when you log out
    python -m tests.vm.shell --keep        boots it, prints how to log in, runs until Ctrl-C or kill
    python -m tests.vm.shell COMMAND…      boots it and runs that in place of a shell
"""

from __future__ import annotations

import argparse
import shlex
import signal
import subprocess
import sys
import types

from tests.vm.practice import practice_machine
from tests.vm.progress import say


def _stop(number: int, frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Entry."""
    parser = argparse.ArgumentParser(prog="python -m tests.vm.shell", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="run until it is stopped")
    parser.add_argument("--memory", type=int, default=1024, help="MiB (default 1024)")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)
    with practice_machine(memory=options.memory) as practice:
        ssh = practice.machine.ssh
        if options.keep:
            say(f"log in with: {shlex.join(ssh.login())}")
            say(f"the console is in {practice.machine.console}")
            try:
                practice.machine.wait_off()
            except KeyboardInterrupt:
                say("stopping")
            return 0
        return subprocess.run(ssh.login(*options.command), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
