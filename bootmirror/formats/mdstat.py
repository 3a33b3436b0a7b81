"""/proc/mdstat: what the kernel says of its md arrays.

Source: ``md_seq_show`` and ``status_resync`` in the kernel's drivers/md/md.c, and the status
functions of the RAID levels. Kernels 2.2 print an array on one line and a bare percentage; kernels
2.2 and 2.4 print ``read_ahead`` after the personalities. What is not understood is passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# Numbers are bounded: the kernel prints at most 20 digits, a forged file may hold thousands.
_NUMBER = r"(\d{1,20})"

_HEAD = re.compile(r"(?P<name>\S+) : (?P<rest>.*)", re.ASCII)
_MEMBER = re.compile(
    r"(?P<name>[^\s\[\]]+)\[(?P<number>\d{1,9})\](?P<flags>(?:\([A-Z]\))*)", re.ASCII
)
_BLOCKS = re.compile(rf"(?<!\S){_NUMBER} blocks\b", re.ASCII)
_SUPER = re.compile(r" blocks super (\S+)", re.ASCII)
_PICTURE = re.compile(r"\[(\d{1,9})/(\d{1,9})\](?: (\[[U_]+\]))?", re.ASCII)
_OPERATIONS = r"(resync|recovery|check|repair|reshape)"
_WAITING = re.compile(rf"\b{_OPERATIONS}\s*=\s*(DELAYED|PENDING|REMOTE)\b", re.ASCII)
_SYNC = re.compile(
    rf"\b{_OPERATIONS}\s*=\s*(\d{{1,3}})(?:\.\d+)?%(?:\s*\({_NUMBER}/{_NUMBER}\))?", re.ASCII
)
_FINISH = re.compile(r"\bfinish=(\d{1,12}(?:\.\d{1,6})?)min", re.ASCII)
_SPEED = re.compile(rf"\bspeed={_NUMBER}K/sec", re.ASCII)

_STATES = ("active", "inactive", "broken")


@dataclass(frozen=True)
class MdstatMember:
    """A member device. ``number`` is its descriptor number, not its slot; None in old kernels."""

    name: str
    number: int | None
    flags: str = ""  # F faulty, S spare, R replacement, W write-mostly, J journal


@dataclass(frozen=True)
class MdstatSync:
    """What is under way: KiB done and in all, KiB/s, minutes left; None where not printed."""

    operation: str  # resync recovery check repair reshape
    done: int | None = None
    total: int | None = None
    speed: int | None = None
    finish: float | None = None
    waiting: str = ""  # DELAYED PENDING REMOTE when it has not begun


@dataclass(frozen=True)
class MdstatArray:
    """One array. ``slots`` is how many the array has and how many of them work."""

    name: str
    active: bool
    read_only: str = ""  # auto-read-only, read-only
    level: str = ""  # raid1; "" while inactive
    blocks: int = 0  # KiB
    metadata: str = "0.90"  # the kernel prints no version for 0.90
    slots: tuple[int, int] | None = None
    picture: str = ""  # [U_]
    members: tuple[MdstatMember, ...] = ()
    sync: MdstatSync | None = None


def parse_mdstat(text: str) -> tuple[MdstatArray, ...]:
    """Every array in the order printed. Never raises."""
    arrays: list[MdstatArray] = []
    head: re.Match[str] | None = None
    body: list[str] = []
    for line in [*text.split("\n"), "end : "]:
        found = _HEAD.fullmatch(line)
        if found is None:
            body.append(line)
            continue
        if head is not None:
            arrays.append(_array(head["name"], head["rest"], "\n".join(body)))
        head = found if found["rest"].split(" ", 1)[0] in _STATES else None
        body = []
    return tuple(arrays)


def _array(name: str, rest: str, body: str) -> MdstatArray:
    state, *words = rest.split()
    described, members = _words(words, old=" blocks" in rest)
    stanza = f"{rest}\n{body}"
    blocks = _BLOCKS.search(stanza)
    metadata = _SUPER.search(stanza)
    picture = _PICTURE.search(stanza, blocks.end() if blocks else 0)
    size = int(blocks[1]) if blocks else 0
    return MdstatArray(
        name=name,
        active=state == "active",
        read_only=next((word[1:-1] for word in described if word.endswith("read-only)")), ""),
        level=next((word for word in described if not word.startswith("(")), ""),
        blocks=size,
        metadata=metadata[1] if metadata else "0.90",
        slots=(int(picture[1]), int(picture[2])) if picture else None,
        picture=(picture[3] or "") if picture else "",
        members=members,
        sync=_sync(stanza, size),
    )


def _words(words: list[str], *, old: bool) -> tuple[list[str], tuple[MdstatMember, ...]]:
    """The words before the members, and the members.

    ``old``: the head line holds the size too, and the first kernels print members without a
    number: then each word between the level and the size is a member.
    """
    if old:
        words = words[: max(words.index("blocks") - 1, 0)] if "blocks" in words else words
    first = next((i for i, word in enumerate(words) if _MEMBER.fullmatch(word)), None)
    if first is None:
        first = next((i + 1 for i, word in enumerate(words) if not word.startswith("(")), 0)
    members = [_MEMBER.fullmatch(word) or word for word in words[first:]]
    return words[:first], tuple(map(_member, members))


def _member(found: re.Match[str] | str) -> MdstatMember:
    if isinstance(found, str):
        return MdstatMember(found, None)
    flags = found["flags"].replace("(", "").replace(")", "")
    return MdstatMember(found["name"], int(found["number"]), flags)


def _sync(stanza: str, blocks: int) -> MdstatSync | None:
    if waiting := _WAITING.search(stanza):
        return MdstatSync(waiting[1], waiting=waiting[2])
    found = _SYNC.search(stanza)
    if found is None:
        return None
    finish, speed = _FINISH.search(stanza), _SPEED.search(stanza)
    if found[3]:
        done, total = int(found[3]), int(found[4])
    else:  # kernel 2.2 gives a percentage alone: whole percents of the array's size
        done, total = blocks * int(found[2]) // 100, blocks
    return MdstatSync(
        operation=found[1],
        done=done,
        total=total,
        speed=int(speed[1]) if speed else None,
        finish=float(finish[1]) if finish else None,
    )
