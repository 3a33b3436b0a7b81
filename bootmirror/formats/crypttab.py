"""/etc/crypttab (crypttab(5)): read only, to tell what of a machine is encrypted."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.formats.complaint import Complaint
from bootmirror.formats.lines import split_lines, words_of

MOST = 4  # fields


@dataclass(frozen=True)
class CryptEntry:
    """A line: the mapping's name, its device, its key file ("none": asked for), its options."""

    line: int
    name: str
    device: str
    key: str = "none"
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Crypttab:
    """The file's text and its entries; lines that are no entry are passed over."""

    text: str
    entries: tuple[CryptEntry, ...]

    @classmethod
    def parse(cls, text: str) -> Crypttab:
        """Never raises."""
        found = []
        for number, words in _lines(text):
            if 2 <= len(words) <= MOST:
                key = words[2] if len(words) > 2 and words[2] != "-" else "none"
                options = tuple(o for o in words[3].split(",") if o) if len(words) > 3 else ()
                found.append(CryptEntry(number, words[0], words[1], key, options))
        return cls(text, tuple(found))

    def render(self) -> str:
        return self.text


def _lines(text: str) -> list[tuple[int, list[str]]]:
    """The numbers and words of the lines that are neither empty nor comments."""
    numbered = [(n, [w.text for w in words_of(line)])
                for n, line in enumerate(split_lines(text), 1)]
    return [(n, words) for n, words in numbered if words and not words[0].startswith("#")]


def lint_crypttab(text: str) -> tuple[Complaint, ...]:
    """Lines cryptsetup passes over, and names that come twice."""
    found: list[Complaint] = []
    seen: dict[str, int] = {}
    for number, words in _lines(text):
        if len(words) < 2:
            found.append(Complaint(number, 1, f"{_shown(words[0])} has no device",
                                   "write NAME DEVICE KEY-FILE OPTIONS"))
        elif len(words) > MOST:
            found.append(Complaint(number, 1, f"This line has {len(words)} fields, not four",
                                   "join the options with commas, without blanks"))
        elif words[0] in seen:
            found.append(Complaint(
                number, 1, f"{_shown(words[0])} was defined in line {seen[words[0]]} already",
                "remove one of the two lines"))
        seen.setdefault(words[0], number)
    return tuple(found)


def _shown(word: str) -> str:
    return word if word.isprintable() else ascii(word)
