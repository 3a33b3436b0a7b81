"""Whether mdadm.conf names every array, once each, and somebody to tell."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.formats.mdadm_conf import MdadmConf
from bootmirror.kinds.boot import Check
from bootmirror.plan.configs import MDADM_CONF
from bootmirror.steps.points.look import Look


def mdadm_conf(look: Look) -> Iterator[Check]:
    conf = MdadmConf.parse(look.machine.file(MDADM_CONF) or "")
    listed = [line.uuid.lower() for line in conf.arrays]
    wrong = [f"does not name the array of {a.holds}" for a in look.plan.arrays
             if a.uuid.lower() not in listed]
    wrong += [f"names the array of {a.holds} {listed.count(a.uuid.lower())} times"
              for a in look.plan.arrays if listed.count(a.uuid.lower()) > 1]
    lines = ", ".join(f"ARRAY {a.device} UUID={a.uuid}" for a in look.plan.arrays)
    yield Check("mdadm.conf", not wrong, "; ".join(wrong) or "names every array",
                f"Write these lines, each once, in {MDADM_CONF} ({lines}); then build the "
                "initramfs anew.")
