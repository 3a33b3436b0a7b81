"""From facts and choices to a plan: a pure function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import bootmirror
from bootmirror.errors import Refused
from bootmirror.formats.raidtab import generate_raidtab
from bootmirror.kinds.boot import Boot
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.kinds.initramfs import INITRAMFS
from bootmirror.kinds.refusal import Refusal
from bootmirror.kinds.tables import TABLES
from bootmirror.machine.model import Disk, Machine
from bootmirror.machine.names import partition_path
from bootmirror.plan import configs
from bootmirror.plan.choices import Choices, SwapChoice
from bootmirror.plan.fingerprint import facts_of, fingerprint_of
from bootmirror.plan.fitting import Fit, fit
from bootmirror.plan.layout import esp_of, filesystems, holdings, planned, raid_sections, swaps
from bootmirror.plan.leftovers import on_disk
from bootmirror.plan.model import (
    SWAP,
    ConfigFile,
    DiskRef,
    Plan,
    PlannedArray,
    PlannedFilesystem,
    Side,
)
from bootmirror.plan.names import derived_uuid, fat_id, mapper_path
from bootmirror.plan.preflight import machine_refusals, mirror_refusals, source_refusals
from bootmirror.plan.raidtab_arrays import Ground, arrays_of, create_command, spare_commands
from bootmirror.plan.volumes import planned_groups
from bootmirror.sizes import readable

RAIDTAB_HEADER = "The arrays bootmirror builds; failed-disk is the old disk until it joins."


# Mount options of ext4 and XFS under which limits are kept (mount(8), xfs(5)).
QUOTAS = frozenset({"quota", "usrquota", "grpquota", "prjquota", "uquota", "gquota", "pquota"})


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
    table, loader = TABLES[source.table], BOOT_LOADERS[machine.boot_loader.kind]
    found = filesystems(machine, table, source, choices.seed)
    groups = planned_groups(machine, source)
    raidtab, arrays = _raidtab(machine, source, mirror, choices, found)
    swap = swaps(machine, source, arrays, found, choices.seed)
    fitted = fit(machine, source, mirror, table)
    boot = _boot(machine, (source, mirror), arrays, found, choices.seed)
    entry = loader.entry(machine, boot, source)
    facts = facts_of(machine, source, mirror)
    return Plan(
        id=derived_uuid(choices.seed, "plan"),
        made_with=bootmirror.__version__,
        hostname=machine.hostname,
        choices=choices,
        source=DiskRef.of(source),
        mirror=DiskRef.of(mirror),
        table=source.table,
        source_partitions=planned(table, source, source.partitions, arrays),
        mirror_partitions=planned(table, source, fitted.partitions, arrays),
        arrays=arrays,
        filesystems=found,
        swaps=swap,
        configs=tuple(configs.with_unseen(config) for config in (
            raidtab,
            configs.fstab(machine, source, configs.Mounted(found, swap, boot.esp_uuid),
                          edits.get(configs.FSTAB)),
            configs.mdadm_conf(machine, mirror, arrays, edits.get(configs.MDADM_CONF)),
            *configs.boot_settings(machine, boot, edits),
            configs.initramfs(machine, found, edits),
            configs.first_boot(machine, entry),
        )),
        boot_loader=machine.boot_loader.kind,
        boot=boot,
        entry=entry,
        initramfs=machine.initramfs.tool,
        kernel=machine.kernel,
        fingerprint=fingerprint_of(facts),
        facts=facts,
        groups=groups,
        warnings=(
            *((loader.warning,) if loader.warning else ()),
            *_warnings(source, mirror, fitted, found),
            *_quotas(machine, found),
            *_torn(machine),
            *_erased(machine, mirror),
        ),
    )


def _boot(
    machine: Machine, disks: tuple[Disk, Disk], arrays: Sequence[PlannedArray],
    found: Sequence[PlannedFilesystem], seed: str,
) -> Boot:
    """What the boot loader is told. With an error in the raidtab an array may be missing yet."""
    source = disks[0]
    places = {f.mountpoint: f for f in found}
    root = places["/"]
    files = places.get("/boot", root)
    array = next((a for a in arrays if a.partition == files.partition), None)
    tool = INITRAMFS[machine.initramfs.tool]
    esp = esp_of(source)
    group = next((g for g in planned_groups(machine, source)
                  if root.volume and g.partition == root.partition), None)
    old = (mapper_path(group.source_name, root.volume),) if group else ()
    return Boot(
        # update-grub names a root on LVM by its path, which is the same at every boot.
        root=mapper_path(group.name, root.volume) if group else f"UUID={root.uuid}",
        old_root=(root.source_uuid, *old),
        files_uuid=files.uuid,
        files_kind=files.kind,
        directory="" if files is not root else "/boot",
        array=array.device if array else "",
        metadata=array.metadata if array else "",
        table=source.table,
        esp=esp.number if esp else 0,
        esp_uuid=fat_id(seed, "esp") if esp else "",
        esp_label=esp.content.label if esp and esp.content else "",
        esp_directory=machine.boot_loader.directory,
        architecture=machine.architecture,
        # An initramfs mounts / and /usr.
        words=tool.kernel_words([a.uuid for a in arrays if a.partition in {
            root.partition, places.get("/usr", root).partition}]),
        first_words=tool.first_boot_words,
        kernel=machine.kernel,
        loader_knows_raid=machine.boot_loader.knows_raid,
        names=tuple((disk.id, disk.name) for disk in disks),
        root_uuid=root.uuid,
    )


def _warnings(
    source: Disk, mirror: Disk, fitted: Fit, found: Sequence[PlannedFilesystem]
) -> Iterator[str]:
    for old, new in zip(source.partitions, fitted.partitions, strict=True):
        if new.number == fitted.shrunk:
            where = next(f.mountpoint for f in found if f.partition == new.number)
            yield (f"{mirror.name} is smaller than {source.name}: {where} will have "
                   f"{readable(new.size)} in place of {readable(old.size)}.")


def _quotas(machine: Machine, found: Sequence[PlannedFilesystem]) -> Iterator[str]:
    """No copy takes limits over: they lie in inodes without a name."""
    for filesystem in found:
        mount = machine.mount(filesystem.mountpoint)
        words = set(mount.options.split(",")) if mount else set()
        if words & QUOTAS or {"quota", "project"} & set(filesystem.features):
            yield (f"{filesystem.mountpoint} has quotas: their limits are not copied. Write them "
                   "down (repquota, xfs_quota), and set them again on the mirror.")


def _torn(machine: Machine) -> Iterator[str]:
    if machine.writers:
        run, them = ("runs", "it") if len(machine.writers) == 1 else ("run", "them")
        yield (f"{' and '.join(machine.writers)} {run}: stop {them} before the final copy, until "
               "the reboot. Files written meanwhile may not belong together in the copy.")


def _erased(machine: Machine, mirror: Disk) -> Iterator[str]:
    held = list(on_disk(machine, mirror))
    if held:
        yield f"{mirror.name} is not blank; what it holds is erased: {'; '.join(held)}."


def _raidtab(
    machine: Machine, source: Disk, mirror: Disk, choices: Choices,
    found: Sequence[PlannedFilesystem],
) -> tuple[ConfigFile, tuple[PlannedArray, ...]]:
    """The raidtab, and the arrays it describes."""
    held = holdings(source, found, planned_groups(machine, source))
    root = next(f.partition for f in found if f.mountpoint == "/")
    proposed = [n for n, what in held.items() if what != SWAP or choices.swap is SwapChoice.MD]
    generated = generate_raidtab(
        raid_sections(machine, source, mirror, proposed, root), RAIDTAB_HEADER)
    text = dict(choices.edits).get(configs.RAIDTAB, generated)
    loader = BOOT_LOADERS[machine.boot_loader.kind]
    arrays, complaints = arrays_of(
        text, Ground(machine, source, mirror, held), seed=choices.seed,
        boot_metadata=loader.metadata, mirror_first=loader.mirror_first)
    effects = tuple(
        " ".join(argv)
        for a in arrays
        for argv in (create_command(a, partition_path(mirror, a.member(Side.MIRROR).partition)),
                     *spare_commands(a))
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
