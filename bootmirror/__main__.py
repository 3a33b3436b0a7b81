"""``python -m bootmirror``, and how the worker is started: by this file's path, isolated (-I)."""

from __future__ import annotations

import sys
from pathlib import Path

if __package__:
    added = False
else:
    # Started by path: the package beside this file is meant, wherever it lies. It comes before what
    # is installed for the interpreter and after what is Python's own.
    own = str(Path(__file__).resolve().parent.parent)
    added = own not in sys.path
    if added:
        installed = (n for n, path in enumerate(sys.path) if path.endswith("-packages"))
        sys.path.insert(next(installed, len(sys.path)), own)

from bootmirror.cli.entry import start

if __name__ == "__main__":
    sys.exit(start(added))
