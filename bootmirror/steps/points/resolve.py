"""Whether what a configuration file calls a device is there now."""

from __future__ import annotations

from bootmirror.formats.device_names import TAGS, link_of
from bootmirror.steps.points.look import Look


def gone(look: Look, spec: str) -> bool:
    """Whether a device named by path or tag (fstab(5)) is not there."""
    tag, sign, value = spec.partition("=")
    if not sign or tag.upper() not in TAGS:
        return spec.startswith("/dev/") and not look.host.exists(look.host.resolve(spec))
    plain = value.strip("\"'")
    return plain not in _known(look, tag.upper()) and not look.host.exists(link_of(spec))


def _known(look: Look, tag: str) -> set[str]:
    """What the devices of the machine have for a tag."""
    machine = look.machine
    partitions = [p for _, p in machine.partitions()]
    contents = [*(p.content for p in partitions), *(a.content for a in machine.arrays),
                *(v.content for g in machine.volume_groups for v in g.volumes if v.device)]
    found = {
        "UUID": [c.uuid for c in contents if c],
        "LABEL": [c.label for c in contents if c],
        "PARTUUID": [p.partuuid for p in partitions],
        "PARTLABEL": [p.label for p in partitions],
    }
    return {value for value in found[tag] if value}
