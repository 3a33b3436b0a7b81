"""bootmirror: a running one-disk machine becomes a RAID-1 mirror that boots from either disk."""

__version__ = "0.1.0"
