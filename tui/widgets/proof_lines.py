"""What the Run screen says of rehearsals: the first boot before the reboot, each disk at last."""

from __future__ import annotations

from collections.abc import Sequence

from bootmirror.engine.view import Phase, Proof
from tui.glyphs import Glyphs
from tui.rehearsals import Rehearsals
from tui.text import Line, signed, wrap
from tui.words import clock


def proof_lines(known: Rehearsals, width: int, glyphs: Glyphs) -> list[Line]:
    """The proofs in a sentence; the rehearsal that runs instead; what lacks for one."""
    live, view = known.running, known.view
    if live is not None:
        where = f"({live.stage}, {clock(live.seconds)})"
        text = f"{known.name_of(live.disk)} is being rehearsed {where}. Press e to see it."
        return wrap(text, width - 1, " ", "", " ")
    lines: list[Line] = []
    proofs = {disk.id: known.proof_now(disk.id) for disk in known.planned}
    if view.phase is Phase.REBOOT and known.plan is not None:
        first = proofs[known.plan.mirror.id]
        if first is not None:
            sign, style = sign_of([first], glyphs)
            lines += signed(sign, f"First boot: {known.briefly(first)}.", style, width)
    elif view.phase is Phase.DONE and any(proofs.values()):
        sign, style = sign_of(list(proofs.values()), glyphs)
        told = (f"{known.name_of(i)} {known.briefly(proof)}" for i, proof in proofs.items())
        lines += signed(sign, f"Each disk boots alone: {', '.join(told)}.", style, width)
    if view.rehearse_hint:
        lines += wrap(view.rehearse_hint, width - 1, " ", "", " ")
    return lines


def sign_of(proofs: Sequence[Proof | None], glyphs: Glyphs) -> tuple[str, str]:
    """The sign and the style for all of these together: the worst of them."""
    if any(proof is not None and not proof.proved for proof in proofs):
        return glyphs.bad, "bad"
    return (glyphs.ok, "good") if all(proofs) else (glyphs.wait, "")
