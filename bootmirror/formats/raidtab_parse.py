"""Reading a raidtab: lines to sections, with a complaint for each line that does not fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches

from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.formats.lines import Word, number_of, split_lines, words_before_comment
from bootmirror.formats.raidtab_model import ROLES, RaidDev, RaidDisk

NUMBERS = ("nr-raid-disks", "nr-spare-disks", "persistent-superblock", "chunk-size")
KEYWORDS = ("raiddev", "raid-level", *NUMBERS, "parity-algorithm", "device", *ROLES)
LONGEST = 30  # letters of a word that may be meant for one of them


@dataclass
class _Section:
    """A section while it is read."""

    device: str
    line: int
    column: int
    values: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)
    disks: list[RaidDisk] = field(default_factory=list)
    waiting: RaidDisk | None = None  # a device whose role has not come yet

    def done(self) -> RaidDev:
        numbers = {name: number_of(self.values.get(name, "")) for name in NUMBERS}
        superblock = numbers["persistent-superblock"]
        return RaidDev(
            device=self.device,
            level=self.values.get("raid-level", ""),
            nr_raid_disks=numbers["nr-raid-disks"] or 0,
            nr_spare_disks=numbers["nr-spare-disks"] or 0,
            persistent_superblock=1 if superblock is None else superblock,
            chunk_size=numbers["chunk-size"],
            disks=tuple(self.disks),
            line=self.line,
            column=self.column,
            options=tuple((name, *place) for name, place in self.places.items()),
        )


class _Parser:
    def __init__(self) -> None:
        self.sections: list[_Section] = []
        self.complaints: list[Complaint] = []
        # A line could not be read: what seems to lack now, a role or a head, may have stood there.
        self.unread = False

    def say(
        self, line: int, word: Word, message: str, hint: str, severity: Severity = Severity.ERROR
    ) -> None:
        self.complaints.append(Complaint(line, word.column, message, hint, severity))

    def line(self, number: int, words: list[Word]) -> None:
        keyword = words[0].text.lower()
        if keyword not in KEYWORDS:
            self.say(
                number, words[0], f"{words[0].text} is no word of a raidtab", _suggestion(keyword)
            )
            self.unread = True
            if self.sections:
                self.sections[-1].waiting = None
            return
        if len(words) < 2:
            self.say(number, words[0], f"{keyword} has no value", f"write {_example(keyword)}")
            return
        if len(words) > 2:
            self.say(
                number, words[2], f"{words[2].text} is one word too many after {keyword}",
                "remove it, or put a # before it",
            )
        self.known(number, keyword, words[0], words[1])

    def known(self, number: int, keyword: str, first: Word, value: Word) -> None:
        if keyword == "raiddev":
            self.end_of_section()
            self.sections.append(_Section(value.text, number, first.column))
        elif not self.sections:
            if not self.unread:
                self.say(
                    number, first, f"{keyword} stands before the first raiddev",
                    "begin each array with a line such as raiddev /dev/md0",
                )
            self.unread = True
        elif keyword == "device":
            self.end_of_device()
            self.unread = False
            self.sections[-1].waiting = RaidDisk(value.text, "", -1, number, value.column)
        elif keyword in ROLES:
            self.role(number, keyword, first, value)
        else:
            self.option(number, keyword, first, value)

    def option(self, number: int, keyword: str, first: Word, value: Word) -> None:
        values = self.sections[-1].values
        if keyword in values:
            self.say(
                number, first, f"{keyword} is given twice for {self.sections[-1].device}",
                "keep one of the two lines; the later one counts", Severity.WARNING,
            )
        if keyword in NUMBERS and number_of(value.text) is None:
            self.say(number, value, f"{value.text} is no number", f"write {_example(keyword)}")
        values[keyword] = value.text
        self.sections[-1].places[keyword] = (number, value.column)

    def role(self, number: int, keyword: str, first: Word, value: Word) -> None:
        section = self.sections[-1]
        if section.waiting is None:
            if not self.unread:
                self.say(
                    number, first, f"{keyword} does not follow a device line",
                    "write the device line first, then its role",
                )
            return
        slot = number_of(value.text)
        if slot is None:
            self.say(number, value, f"{value.text} is no number", f"write {_example(keyword)}")
            slot = -1
        device = section.waiting
        section.disks.append(RaidDisk(device.device, keyword, slot, device.line, device.column))
        section.waiting = None

    def end_of_device(self) -> None:
        """A device with no role line after it is named, and left out of its section."""
        waiting = self.sections[-1].waiting if self.sections else None
        if waiting is not None:
            self.complaints.append(Complaint(
                waiting.line, waiting.column, f"{waiting.device} is given no role",
                "follow the device line with raid-disk or failed-disk and its slot's number",
            ))
            self.sections[-1].waiting = None

    def end_of_section(self) -> None:
        self.end_of_device()


def parse_sections(text: str) -> tuple[tuple[RaidDev, ...], tuple[Complaint, ...]]:
    """The sections of a raidtab, and what could not be read. Never raises."""
    parser = _Parser()
    for number, line in enumerate(split_lines(text), 1):
        words = words_before_comment(line)
        if words:
            parser.line(number, words)
    parser.end_of_section()
    return tuple(section.done() for section in parser.sections), tuple(parser.complaints)


def _example(keyword: str) -> str:
    values = {
        "raiddev": "/dev/md0", "device": "/dev/ and the partition's name", "raid-level": "1",
        "nr-raid-disks": "2", "persistent-superblock": "1", "chunk-size": "64",
        "parity-algorithm": "left-symmetric",
    }
    return f"{keyword} {values.get(keyword, '0')}"


def _suggestion(word: str) -> str:
    """The keyword that was probably meant: nearly the same letters."""
    near = get_close_matches(word, KEYWORDS, 1, 0.7) if len(word) <= LONGEST else []
    if near:
        return f"write {near[0]}"
    return f"the words are {', '.join(KEYWORDS)}; put a # before a comment"
