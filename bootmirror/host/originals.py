"""The original of a file that is replaced, kept beside it: whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


def keep(target: Path, kept: Path) -> None:
    """A copy of a file, or of a link as such, with its owner, mode and times.

    Nobody but us can read it before it has them. Where a power cut comes first there is none: half
    a copy would be taken for the original ever after. Raises OSError.
    """
    if target.is_symlink():
        kept.symlink_to(target.readlink())
        return
    handle, name = tempfile.mkstemp(prefix=f".{kept.name}.", dir=kept.parent)
    try:
        with os.fdopen(handle, "wb") as copy, target.open("rb") as original:
            shutil.copyfileobj(original, copy)
            status = os.fstat(original.fileno())
            os.fchown(copy.fileno(), status.st_uid, status.st_gid)
            copy.flush()
            shutil.copystat(target, name)
            os.fsync(copy.fileno())
        Path(name).replace(kept)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
