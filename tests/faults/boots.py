"""Power cuts on real boots, in QEMU: first boot, fall-back, adoption, resync."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

from tests.faults.table import Row
from tests.vm.scenarios.power_cuts import carry_out, cut_off


def cut_off_in_qemu(seed: int) -> list[Row]:
    """A row for each kind of instant."""
    cuts, losses = None, []
    try:
        with cut_off(seed) as (cuts, source, mirror):  # keeps the console of one that failed
            carry_out(cuts, source, mirror)
    except Exception as error:
        if cuts is None:  # there was no machine to cut off
            raise
        traceback.print_exc()
        losses = [f"{type(error).__name__}: {error}"]
    return rows(cuts.made, cuts.missing(), losses)


def rows(made: Sequence[str], missing: Sequence[str], losses: Sequence[str]) -> list[Row]:
    """What is lost counts for the last cut before it was seen; a cut that was to be made and never
    was is lost too."""
    found = {what: _row(what) for what in made}
    for what in made[:-1]:
        found[what].count(())
    if made:
        found[made[-1]].count(losses)
    elif losses:
        found[""] = Row("boots", "none: nothing happens, in QEMU")
        found[""].count(losses)
    for what in missing:
        found[what] = _row(what)
        found[what].count(["never came about"])
    return list(found.values())


def _row(what: str) -> Row:
    return Row("boots", f"cut off in {what}, in QEMU")
