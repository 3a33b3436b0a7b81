"""``python -m bootmirror``, and how the worker is started: by this file's path, isolated (-I)."""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    # Started by path: the package beside this file is meant, wherever it lies. It goes last, so
    # that what is installed for the interpreter comes first.
    sys.path.append(str(Path(__file__).resolve().parent.parent))

from bootmirror.cli import main

if __name__ == "__main__":
    sys.exit(main())
