"""The arrays: a line each with its members, and a bar while one is rebuilt."""

from __future__ import annotations

from bootmirror.machine.model import Array, Machine, Member, Sync
from tui.glyphs import Glyphs
from tui.text import Line, Span, line, width_of, wrap
from tui.words import left, size

# What md waits for before it begins (status_resync in the kernel's drivers/md/md.c).
WAITS = {"delayed": "waits for another array", "pending": "begins with the first write to it",
         "remote": "is done by another machine"}
SHORTEST_BAR = 8  # cells; a shorter one says less than the per cent beside it


def array_lines(machine: Machine, width: int, glyphs: Glyphs) -> list[Line]:
    """Every array of the machine; "none yet" where there is none."""
    if not machine.arrays:
        return [line(Span(" none yet", "dim"))]
    names = max(len(a.name) for a in machine.arrays)
    targets = max(len(target_of(machine, a)) for a in machine.arrays)
    lines: list[Line] = []
    for array in sorted(machine.arrays, key=lambda a: a.name):
        lines += _array(machine, array, names, targets, width)
        if array.sync is not None:
            lines.append(sync_line(array.sync, width, glyphs, indent=names + 3))
        lines += [line(Span(f"{'':{names + 3}}{text}", "bad")) for text in troubles(array)]
    return lines


def _array(machine: Machine, array: Array, names: int, targets: int, width: int) -> list[Line]:
    """The array in one line, or its members on a line of their own where it is too narrow."""
    whole = array.working == array.slots
    members = ",  ".join(f"{m.name} {state_of(m, array)}" for m in array.members)
    about = line(
        Span(f" {array.name:{names}}", "bold"),
        f"  {target_of(machine, array):{targets}}  {array.level} ",
        Span(array.picture, "good" if whole else "warn"),
    )
    if width_of(about) + len(members) + 2 <= width:
        return [(*about, Span(f"  {members}"))]
    return [about, *wrap(members, width - 1, " " * (names + 3), "", " " * (names + 3))]


def target_of(machine: Machine, array: Array) -> str:
    """Where the array's file system is mounted, or ""."""
    return next(
        (m.target for m in machine.mounts if m.source == array.path and m.fsroot == "/"), ""
    )


def state_of(member: Member, array: Array) -> str:
    """A member's state in words."""
    if "faulty" in member.state:
        return "failed"
    if "in_sync" in member.state:
        return "in sync"
    if array.sync is not None and array.sync.operation == "recovery":
        return "waiting" if array.sync.waiting else "rebuilding"
    return "spare"


def sync_line(sync: Sync, width: int, glyphs: Glyphs, indent: int) -> Line:
    """``████░░░░  48.3%  94 MB/s  1 min 52 s left``; what it waits for where it has not begun."""
    lead = " " * indent
    if sync.waiting:
        why = WAITS.get(sync.waiting, "has not begun")  # a recording may hold any word
        return line(lead, Span(f"{sync.operation} {sync.waiting}: {why}", "dim"))
    speed = f"{size(sync.speed)}/s"
    word = "" if sync.operation == "recovery" else f"  {sync.operation}"
    facts = f"{100 * sync.fraction:5.1f}%  {speed}  {left(sync.seconds_left)}{word}"
    # The widest facts there may be, so that the bar keeps its length while they change.
    room = min(40, width - indent - 36 - len(word))
    if room < SHORTEST_BAR:
        return line(lead, facts.strip())
    return line(lead, Span(glyphs.bar(sync.fraction, room), "bar"), f" {facts}")


def troubles(array: Array) -> list[str]:
    """What ``[UU]`` does not tell: unreadable places, halves that differ."""
    bad = [f"{m.name} has {m.bad_blocks} unreadable places" for m in array.members if m.bad_blocks]
    if array.mismatches:
        bad.append(f"the halves differ in {array.mismatches} sectors (last check)")
    return bad
