"""A scenario that cannot run here."""

from __future__ import annotations


class Skip(Exception):  # noqa: N818 - no error
    """Why not, in a sentence."""
