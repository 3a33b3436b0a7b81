"""Measures everything and prints the table: python -m tests.bench.run."""

from __future__ import annotations

import argparse
import signal
import sys
import types

from tests.bench.conversion import conversion_figures
from tests.bench.figures import Figure, last_line, table
from tests.bench.native import native_figures


def _stop(number: int, frame: types.FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """Entry: 0 all within bounds, 1 one is over."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.run", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, help="conversions on each side (2)")
    parser.add_argument("--screen-only", action="store_true", help="only what needs no machine")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _stop)  # so that a stopped run takes its machine with it
    figures: list[Figure] = native_figures()
    if not options.screen_only:
        figures = [*conversion_figures(options.rounds), *figures]
    print(table(figures))
    print(last_line(figures))
    return 0 if all(figure.held for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
