"""The key that opens the practice machines: made once, kept in the cache, good for nothing else."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.vm.cache import cache_directory


def private_key() -> Path:
    """The private half; made on first use."""
    key = cache_directory("vm") / "key"
    if not key.exists():
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "practice", "-f", str(key)],
            check=True,
        )
    return key


def public_key() -> str:
    """The public half, as authorized_keys wants it."""
    return private_key().with_suffix(".pub").read_text().strip()
