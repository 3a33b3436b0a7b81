"""What is wrong with an fstab, as far as the file itself tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.formats.fstab_fields import FIELDS, decoded, field_words, split_options
from bootmirror.formats.lines import Word, number_of, split_lines, words_of

FEWEST = 3  # libmount takes a line without options; one without a type it drops

_TAG = re.compile(r"(UUID|LABEL|PARTUUID|PARTLABEL|ID)=(.*)", re.DOTALL)
_HEX_PARTS = re.compile(r"[0-9A-Fa-f]+(?:-[0-9A-Fa-f]+)*")
_UUID_LENGTHS = (36, 16, 9)  # ext4 and most others; NTFS; FAT (1234-ABCD)
_PARTUUID_LENGTHS = (36, 11)  # GPT; MBR (12345678-01)
_UNSTEADY = re.compile(r"/dev/(?:sd[a-z]+|hd[a-z]|vd[a-z]+|xvd[a-z]+|nvme\d+n\d+p?|md)\d*")
_PLACELESS = ("none", "swap")


def lint_fstab(text: str) -> tuple[Complaint, ...]:
    """Complaints in the order of the lines. An error is what mount would fail on or pass over."""
    found: list[Complaint] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(split_lines(text), 1):
        words = field_words(line)
        if words:
            found += _line(number, line, words)
            found += _twice(number, words, seen)
    return tuple(sorted(found))


def _line(number: int, line: str, words: list[Word]) -> Iterator[Complaint]:
    if len(words) < FEWEST:
        missing = " and ".join(("a mount point", "a type")[len(words) - 1 :])
        yield Complaint(
            number, len(line.rstrip()) + 1, f"This line lacks {missing}",
            "a line is: device, mount point, type, options, dump, pass",
        )
        return
    yield from _early_comment(number, line, words)
    yield from _spec(number, words[0])
    yield from _mount_point(number, words)
    yield from _options(number, words)
    yield from _numbers(number, words)


def _early_comment(number: int, line: str, words: list[Word]) -> Iterator[Complaint]:
    rest = words_of(line)[len(words) :]
    if len(words) < len(FIELDS) and rest:
        yield Complaint(
            number, rest[0].column, "A comment here makes mount pass over the whole line",
            "put it on a line of its own, or write all six fields before it",
        )


def _spec(number: int, word: Word) -> Iterator[Complaint]:
    spec = decoded(word.text)
    found = _TAG.fullmatch(spec)
    if found is None:
        if _UNSTEADY.fullmatch(spec):
            yield Complaint(
                number, word.column, f"{spec} may be another device after the next boot",
                "name it by UUID=, as blkid shows it", Severity.WARNING,
            )
        return
    tag, value = found[1], found[2].strip('"')
    if not value:
        yield Complaint(
            number, word.column, f"{tag}= names nothing", "write what blkid shows for the device"
        )
    elif tag in ("UUID", "PARTUUID") and not _uuid_like(tag, value):
        yield Complaint(
            number, word.column, f"{value} does not look like a {tag}",
            "compare it with what blkid shows for the device", Severity.WARNING,
        )


def _uuid_like(tag: str, value: str) -> bool:
    lengths = _UUID_LENGTHS if tag == "UUID" else _PARTUUID_LENGTHS
    return len(value) in lengths and _HEX_PARTS.fullmatch(value) is not None


def _mount_point(number: int, words: list[Word]) -> Iterator[Complaint]:
    file, kind = decoded(words[1].text), words[2].text
    if kind == "swap":
        if file not in _PLACELESS:
            yield Complaint(
                number, words[1].column, f"A swap area is not mounted at {file}",
                "write none as its mount point", Severity.WARNING,
            )
    elif "\0" in file or (file not in _PLACELESS and not file.startswith("/")):
        yield Complaint(
            number, words[1].column, f"{words[1].text} is no mount point",
            "write a directory's full path, or none",
        )


def _options(number: int, words: list[Word]) -> Iterator[Complaint]:
    if len(words) <= 3:
        return
    word = words[3]
    if "" in split_options(decoded(word.text)):
        yield Complaint(
            number, word.column, "There is an empty option between the commas",
            "options are joined by single commas, without blanks", Severity.WARNING,
        )


def _numbers(number: int, words: list[Word]) -> Iterator[Complaint]:
    for word, name, largest in zip(words[4:], ("dump", "pass"), (1, 2), strict=False):
        value = number_of(word.text)
        if value is None:
            yield Complaint(
                number, word.column, f"{word.text} is no number for the field {name}",
                "write 0, and look for a blank within the options before it",
            )
        elif value > largest:
            yield Complaint(
                number, word.column, f"{value} is unusual for the field {name}",
                f"it is 0 to {largest}", Severity.WARNING,
            )


def _twice(number: int, words: list[Word], seen: dict[str, int]) -> Iterator[Complaint]:
    """The root twice is an error; elsewhere people do it on purpose, with noauto or overlays."""
    if len(words) < FEWEST or words[2].text == "swap":
        return
    file = decoded(words[1].text)
    place = file.rstrip("/") or "/"
    if not file.startswith("/"):
        return
    first = seen.setdefault(place, number)
    if first != number:
        yield Complaint(
            number, words[1].column, f"{place} is a mount point in line {first} too",
            "keep one of the two lines: the later one hides the earlier",
            Severity.ERROR if place == "/" else Severity.WARNING,
        )
