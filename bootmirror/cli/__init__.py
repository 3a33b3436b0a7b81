"""The commands. Without one, the full screen."""

from bootmirror.cli.entry import main

__all__ = ["main"]
