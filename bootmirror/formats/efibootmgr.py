"""What efibootmgr(8) prints: the firmware's boot entries and their order."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ENTRY = re.compile(r"Boot([0-9A-Fa-f]{4})(\*?) (.*)")
# …/File(\EFI\debian\shimx64.efi), and without "File(" in version 18.
_DIRECTORY = re.compile(r"[\\/]EFI[\\/]([^\\/]+)[\\/][^\\/]+\.efi", re.IGNORECASE)


@dataclass(frozen=True)
class BootEntry:
    """One entry: its number (four hex digits), its label, and where it leads."""

    number: str
    label: str
    path: str = ""  # newer versions print it after a tab, older ones only with -v


@dataclass(frozen=True)
class BootEntries:
    """The firmware's entries in the order they are listed."""

    entries: tuple[BootEntry, ...] = ()
    order: tuple[str, ...] = ()
    current: str = ""
    next: str = ""

    @property
    def current_directory(self) -> str:
        """Below EFI, where what was started this time lies; "" where no path tells."""
        paths = [e.path for e in self.entries if self.current and e.number == self.current]
        found = _DIRECTORY.search(paths[0]) if paths else None
        return found[1] if found else ""

    def labelled(self, label: str) -> tuple[BootEntry, ...]:
        return tuple(entry for entry in self.entries if entry.label == label)


def parse_efibootmgr(text: str) -> BootEntries:
    """From its output; lines it does not know are passed over."""
    entries: list[BootEntry] = []
    values: dict[str, str] = {}
    for line in text.splitlines():
        match = _ENTRY.fullmatch(line)
        if match:
            label, _, path = match[3].partition("\t")
            entries.append(BootEntry(match[1].upper(), label.strip(), path.strip()))
        else:
            name, colon, value = line.partition(": ")
            if colon:
                values[name] = value.strip()
    order = tuple(n.strip().upper() for n in values.get("BootOrder", "").split(",") if n.strip())
    return BootEntries(tuple(entries), order, values.get("BootCurrent", "").upper(),
                       values.get("BootNext", "").upper())
