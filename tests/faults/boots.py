"""Power cuts on real boots, in QEMU: first boot, fall-back, adoption, resync."""

from __future__ import annotations

import traceback

from tests.faults.table import Row
from tests.vm.scenarios.power_cuts import carry_out, cut_off


def cut_off_in_qemu(seed: int) -> list[Row]:
    """A row for each kind of instant; what is lost counts for the last cut before it was seen."""
    with cut_off(seed) as (cuts, source, mirror):
        losses = []
        try:
            carry_out(cuts, source, mirror)
        except Exception as error:  # noqa: BLE001 - whatever it is, the machine did not survive it
            traceback.print_exc()
            losses = [f"{type(error).__name__}: {error}"]
        rows = [Row("boots", f"cut off in {what}, in QEMU", number)
                for what, number in cuts.made.items()]
    if losses:
        rows = rows or [Row("boots", "none: nothing happens, in QEMU")]
        rows[-1].count(losses, tried=0)
    return rows
