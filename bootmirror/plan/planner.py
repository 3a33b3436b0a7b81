"""From facts and choices to a plan: a pure function."""

from __future__ import annotations

from collections.abc import Iterable

import bootmirror
from bootmirror.errors import Refused
from bootmirror.formats.raidtab import generate_raidtab
from bootmirror.machine.model import Disk, Machine
from bootmirror.plan import configs
from bootmirror.plan.choices import Choices
from bootmirror.plan.fingerprint import facts_of, fingerprint_of
from bootmirror.plan.layout import (
    derived_uuid,
    filesystems,
    partition_path,
    partitions,
    raid_sections,
    swaps,
)
from bootmirror.plan.model import ConfigFile, DiskRef, Plan, PlannedArray, Side
from bootmirror.plan.preflight import machine_refusals, mirror_refusals, source_refusals
from bootmirror.plan.raidtab_arrays import arrays_of, create_command
from bootmirror.plan.refusal import Refusal

RAIDTAB_HEADER = "The arrays bootmirror builds; failed-disk is the old disk until it joins."


def make_plan(machine: Machine, choices: Choices) -> Plan:
    """The plan for these facts and choices. Raises Refused with every reason against it.

    What the user wrote in a file never raises: it becomes complaints of that file, and
    ``Plan.errors`` bars the plan from being applied.
    """
    _refuse(machine_refusals(machine))
    _refuse(source_refusals(machine, choices.source))
    _refuse(mirror_refusals(machine, choices.source, choices.mirror, choices.allow_removable))
    source, mirror = machine.disk(choices.source), machine.disk(choices.mirror)
    assert source is not None and mirror is not None, "refused above"
    edits = dict(choices.edits)
    found = filesystems(machine, source, choices.seed)
    swap = swaps(source, choices.seed)
    raidtab, arrays = _raidtab(machine, source, mirror, choices)
    facts = facts_of(machine, source, mirror)
    return Plan(
        id=derived_uuid(choices.seed, "plan"),
        made_with=bootmirror.__version__,
        hostname=machine.hostname,
        choices=choices,
        source=DiskRef.of(source),
        mirror=DiskRef.of(mirror),
        table="dos",
        partitions=partitions(source),
        arrays=arrays,
        swaps=swap,
        configs=(
            raidtab,
            configs.fstab(machine, source, found, swap, edits.get(configs.FSTAB)),
            configs.mdadm_conf(machine, arrays, edits.get(configs.MDADM_CONF)),
            configs.boot_settings(machine, edits),
            configs.resume(machine, edits),
            configs.first_boot(machine, arrays),
        ),
        boot_loader=machine.boot_loader.kind,
        initramfs=machine.initramfs.tool,
        kernel=machine.kernel,
        fingerprint=fingerprint_of(facts),
        facts=facts,
    )


def _raidtab(
    machine: Machine, source: Disk, mirror: Disk, choices: Choices
) -> tuple[ConfigFile, tuple[PlannedArray, ...]]:
    """The raidtab, and the arrays it describes."""
    found = filesystems(machine, source, choices.seed)
    generated = generate_raidtab(raid_sections(machine, source, mirror, found), RAIDTAB_HEADER)
    text = dict(choices.edits).get(configs.RAIDTAB, generated)
    arrays, complaints = arrays_of(text, source, mirror, found, choices.seed)
    effects = tuple(
        " ".join(create_command(a, partition_path(mirror, a.member(Side.MIRROR).partition)))
        for a in arrays
    )
    current = machine.file(configs.RAIDTAB)
    file = ConfigFile(
        configs.RAIDTAB, "the arrays that are built", current, generated, text, complaints, effects)
    return file, arrays


def _refuse(refusals: Iterable[Refusal]) -> None:
    found = list(refusals)
    if found:
        raise Refused(" ".join(r.message for r in found), " ".join(dict.fromkeys(
            r.hint for r in found if r.hint)))
