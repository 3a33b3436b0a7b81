"""What is wrong with an mdadm.conf, as far as the file itself tells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.formats.lines import split_lines
from bootmirror.formats.mdadm_conf_lines import ConfWord, Statement, statements

# mdadm takes 32 hex digits with a colon, a dot, a blank or a hyphen anywhere between two of them.
_UUID = re.compile(r"[0-9A-Fa-f](?:[:. -]?[0-9A-Fa-f]){31}", re.ASCII)
_IDENTITIES = ("uuid", "name", "super-minor", "devices", "container", "member")
_METADATA = ("0", "0.90", "1", "1.0", "1.1", "1.2", "default", "ddf", "imsm")


def plain_uuid(uuid: str) -> str:
    """The digits alone: two that differ in the rest are one."""
    return re.sub(r"[:. -]", "", uuid).lower()


def lint_mdadm_conf(text: str) -> tuple[Complaint, ...]:
    """Complaints in the order of the lines. An error is what keeps an array from its name."""
    lines = split_lines(text)
    found: list[Complaint] = []
    devices: dict[str, int] = {}
    uuids: dict[str, int] = {}
    for statement in statements(lines):
        found += _common(statement, lines[statement.first])
        if statement.keyword == "ARRAY":
            found += _array(statement)
            found += _twice(statement, devices, uuids)
    return tuple(sorted(found))


def _common(statement: Statement, line: str) -> Iterator[Complaint]:
    first = statement.words[0]
    if line[0] in " \t":
        yield Complaint(
            first.line, first.column, "This line goes on with the one before it, and there is none",
            "begin it without blanks", Severity.WARNING,
        )
    if not statement.keyword:
        yield Complaint(
            first.line, first.column,
            f"mdadm does not know the word {first.text} and passes it over",
            "correct it, or put a # before it", Severity.WARNING,
        )
    for word in statement.words:
        if not word.closed:
            yield Complaint(
                word.line, word.column, "A quote is opened here and not closed",
                "close it on the same line",
            )


def _array(statement: Statement) -> Iterator[Complaint]:
    first = statement.words[0]
    tags = dict(_tags(statement))
    for word in statement.words[1:]:
        if "=" not in word.text and word is not statement.words[1]:
            yield Complaint(
                word.line, word.column, f"{word.text} is no word of an ARRAY line",
                "write TAG=value, UUID= say",
            )
    ignored = any(word.text == "<ignore>" for word in statement.words)
    if not ignored and not any(tag in tags for tag in _IDENTITIES):
        yield Complaint(
            first.line, first.column, "This ARRAY line does not say which array it means",
            "add UUID= with what mdadm --detail shows",
        )
    uuid, metadata = tags.get("uuid"), tags.get("metadata")
    if uuid and not _UUID.fullmatch(_value(uuid)):
        yield Complaint(
            uuid.line, uuid.column, f"{_value(uuid)} is no array's UUID",
            "write four groups of eight hex digits joined by colons, as mdadm --detail shows",
        )
    if metadata and _value(metadata).lower() not in _METADATA:
        yield Complaint(
            metadata.line, metadata.column, f"There is no metadata version {_value(metadata)}",
            "write 1.2, or what mdadm --detail shows",
        )


def _tags(statement: Statement) -> Iterator[tuple[str, ConfWord]]:
    for word in statement.words[1:]:
        tag, sign, _ = word.text.partition("=")
        if sign:
            yield tag.lower(), word


def _value(word: ConfWord) -> str:
    return word.text.partition("=")[2]


def _twice(
    statement: Statement, devices: dict[str, int], uuids: dict[str, int]
) -> Iterator[Complaint]:
    named = [w for w in statement.words[1:2] if "=" not in w.text and w.text != "<ignore>"]
    for word in named:
        if (line := devices.setdefault(word.text, statement.line)) != statement.line:
            yield Complaint(
                word.line, word.column, f"{word.text} is defined in line {line} already",
                "give one of the two arrays another name",
            )
    for tag, word in _tags(statement):
        if tag != "uuid":
            continue
        plain = plain_uuid(_value(word))
        if (line := uuids.setdefault(plain, statement.line)) != statement.line:
            yield Complaint(
                word.line, word.column, f"The array of line {line} has this UUID too",
                "keep one of the two lines",
            )
