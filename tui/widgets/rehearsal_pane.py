"""A rehearsal: the disks there are to rehearse, how far the boot is, what was found."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from bootmirror.engine.view import Proof, RehearsalView, Stage, Verdict
from bootmirror.machine.model import Machine
from bootmirror.plan.model import DiskRef
from tui.glyphs import Glyphs
from tui.rehearsals import Rehearsals
from tui.text import Line, Span, columns, line, signed, wrap
from tui.widgets.proof_lines import sign_of
from tui.words import clock, identity, stamp

STAGES = tuple(Stage)
CUT = 40  # cells of what was found that must stand beside a disk; the pane has all of it
ACCELERATORS = {"kvm": "with KVM", "tcg": "emulated: slow"}
WORDS = {
    Verdict.PROVED: ("PROVED", "good"),
    Verdict.UNCONFIRMED: ("NOT PROVED", "warn"),
    Verdict.FAILED: ("NOT PROVED", "bad"),
}


def disk_lines(known: Rehearsals, selected: str, width: int, glyphs: Glyphs) -> list[Line]:
    """Each disk: what it is known by, and what its last rehearsal found, beside it or below."""
    names = columns([_known_by(ref, known.machine) for ref in known.disks], "  ")
    widest = max(map(cell_len, names), default=0)
    found = [_found(ref.id, known, glyphs) for ref in known.disks]
    longest = max((cell_len(words) for _, _, words in found), default=0)
    beside = 4 + widest + 2 + min(longest, CUT) <= width
    lines: list[Line] = []
    for ref, name, (sign, style, words) in zip(known.disks, names, found, strict=True):
        cursor = ref.id == selected and len(known.disks) > 1
        kernel, rest = name.split(" ", 1)
        lines.append((
            Span(">" if cursor else " "), Span(f"{sign:2} ", style),
            Span(kernel, "cursor" if cursor else ""),
            Span(f" {set_cell_size(rest, widest - cell_len(kernel) - 1)}  "),
            *([Span(words, style)] if beside else []),
        ))
        lines += [] if beside else [line(Span(f"    {words}", style))]
    return lines


def _found(disk_id: str, known: Rehearsals, glyphs: Glyphs) -> tuple[str, str, str]:
    """A sign, its style, and the words."""
    live = known.running
    if live is not None and live.disk == disk_id:
        return glyphs.run, "bold", "being rehearsed"
    return (*sign_of([known.view.proof(disk_id)], glyphs), known.known_of(disk_id))


def _known_by(ref: DiskRef, machine: Machine) -> tuple[str, ...]:
    disk = machine.disk(ref.id)
    return (disk.name, disk.model, identity(disk)) if disk else (ref.name, ref.model, ref.id)


def stage_line(rehearsal: RehearsalView, glyphs: Glyphs) -> Line:
    """The stages of a boot: those passed, the one it is at or ended in, those to come."""
    at = STAGES.index(rehearsal.stage)
    spans = [Span(" ")]
    for number, stage in enumerate(STAGES):
        if number < at or rehearsal.stage is Stage.UP:
            sign, style = glyphs.ok, "good"
        elif number > at:
            sign, style = glyphs.wait, "dim"
        elif rehearsal.running:
            sign, style = glyphs.run, "bold"
        else:
            sign, style = (glyphs.bad, "bad") if rehearsal.verdict else (glyphs.wait, "warn")
        spans.append(Span(f"{sign.strip()} {stage}  ", style))
    return tuple(spans)


def progress_line(rehearsal: RehearsalView, width: int, glyphs: Glyphs) -> Line:
    """How much of its time has passed."""
    told = f" {clock(rehearsal.seconds)} of at most {clock(rehearsal.limit)}"
    how = accelerator(rehearsal)
    told += f", {how}" if how else ""
    fraction = rehearsal.seconds / rehearsal.limit if rehearsal.limit > 0 else 0.0
    # The widest words there may be, so that the bar keeps its length while they change.
    bar = glyphs.bar(fraction, max(10, min(60, width - 44)))
    return line(" ", Span(bar, "bar"), told)


def accelerator(rehearsal: RehearsalView) -> str:
    """How its machine runs, in words; "" while that is not known."""
    return ACCELERATORS.get(rehearsal.accelerator, rehearsal.accelerator)


def end_lines(rehearsal: RehearsalView, width: int, glyphs: Glyphs) -> list[Line]:
    """Why a rehearsal ended without a verdict."""
    told = f"NO RESULT: {rehearsal.reason} Nothing is recorded of it."
    return [*signed(glyphs.wait, told, "warn", width), *_hint(rehearsal.hint, width)]


def verdict_lines(proof: Proof, how: str, width: int, glyphs: Glyphs) -> list[Line]:
    """The verdict with its reason and what to do; when (at 0: not known), how long, ``how``."""
    word, style = WORDS[proof.verdict]
    sign = glyphs.ok if proof.proved else glyphs.bad
    when = stamp(proof.at) if proof.at else ""
    facts = ", ".join(filter(None, (when, f"took {clock(proof.seconds)}", how)))
    return [
        *signed(sign, f"{word}: {proof.reason}", style, width),
        *_hint(proof.hint, width),
        line(Span(f"    {facts}", "dim")),
    ]


def _hint(hint: str, width: int) -> list[Line]:
    return wrap(hint, width - 1, "    ", "", "    ") if hint else []
