"""Runs a scenario on a practice machine: python -m tests.vm.run debian12-bios-grub."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import traceback
import types
from pathlib import Path

from tests.vm.progress import say
from tests.vm.skip import Skip

SKIPPED = 77  # the exit code for "not run here", as automake has it


def scenario_names() -> list[str]:
    """Every file of scenarios/ is one."""
    folder = Path(__file__).parent / "scenarios"
    return sorted(
        file.stem.replace("_", "-") for file in folder.glob("*.py") if file.stem != "__init__"
    )


def run_scenario(name: str) -> str:
    """Run one; the last line. Raises what the scenario raises."""
    module = importlib.import_module(f"tests.vm.scenarios.{name.replace('-', '_')}")
    return f"scenario {name}: passed; {module.run()}"


def _stop(number: int, frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Entry: 0 passed, 1 failed, 2 usage, 77 skipped."""
    parser = argparse.ArgumentParser(prog="python -m tests.vm.run", description=__doc__)
    parser.add_argument("scenario", choices=scenario_names())
    name = parser.parse_args().scenario
    signal.signal(signal.SIGTERM, _stop)  # so that a stopped run takes its machine with it
    try:
        last = run_scenario(name)
    except Skip as reason:
        say(f"scenario {name}: skipped: {reason}")
        return SKIPPED
    except Exception as error:  # noqa: BLE001 - the one place where a scenario's failure ends
        traceback.print_exc()
        say(f"scenario {name}: FAILED: {error}")
        return 1
    print(last)
    return 0


if __name__ == "__main__":
    sys.exit(main())
