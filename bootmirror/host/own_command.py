"""bootmirror's own command line, for what is started apart from the person's terminal."""

from __future__ import annotations

import sys
from pathlib import Path

import bootmirror


def own_command(*words: str) -> list[str]:
    """This interpreter, isolated from the caller's environment (-I), and the very bootmirror that
    runs now.

    Names of files are bytes: in a locale of another character set than UTF-8 they would become
    other ones on their way to the programs that are told of them.
    """
    main = Path(bootmirror.__file__).resolve().with_name("__main__.py")
    return [sys.executable, "-I", "-X", "utf8", str(main), *words]
