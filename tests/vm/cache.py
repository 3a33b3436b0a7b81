"""Where built things are kept between runs, so that the second run is quick.

``BOOTMIRROR_CACHE`` names another place (a continuous-integration machine keeps one for all jobs).
"""

from __future__ import annotations

import os
from pathlib import Path


def cache_directory(*parts: str) -> Path:
    """A directory under the project's cache, made when it is not there."""
    own = os.environ.get("BOOTMIRROR_CACHE")
    xdg = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    directory = (Path(own) if own else Path(xdg) / "bootmirror").joinpath(*parts)
    directory.mkdir(parents=True, exist_ok=True)
    return directory
