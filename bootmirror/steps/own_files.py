"""The files of the copy that bootmirror makes itself: a later pass must leave them alone."""

from __future__ import annotations

import glob

from bootmirror.actions.places import STATE
from bootmirror.host.host import original_of
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.kinds.initramfs import INITRAMFS
from bootmirror.plan.model import ConfigFile, Plan, SwapForm
from bootmirror.steps.first_boot_units import unit_paths
from bootmirror.steps.report_unit import report_paths


def copied_configs(plan: Plan) -> tuple[ConfigFile, ...]:
    """The configuration files that go into the copy: all but the old disk's boot entry."""
    return tuple(config for config in plan.configs if config.path != plan.entry.path)


def state_excludes(plan: Plan, mountpoint: str) -> tuple[str, ...]:
    """rsync patterns for the state directory, which is copied last of all."""
    return _of_filesystem(plan, mountpoint, [f"{STATE}/*", *_swap_files(plan)])


def excludes(plan: Plan, mountpoint: str) -> tuple[str, ...]:
    """rsync patterns, anchored at one file system, for everything made anew in the copy."""
    paths = [config.path for config in copied_configs(plan)]
    kept = [str(original_of(path)) for path in paths]
    loader, tool = BOOT_LOADERS[plan.boot_loader], INITRAMFS[plan.initramfs]
    return _of_filesystem(
        plan, mountpoint,
        [*paths, *kept, *loader.generated, *tool.generated, *unit_paths(),
         *report_paths(), f"{STATE}/*", *_swap_files(plan)])


def written_paths(plan: Plan) -> tuple[str, ...]:
    """Everything that bootmirror itself writes into the copy, as the system will know it."""
    configs = [config.path for config in copied_configs(plan)]
    return (*configs, *unit_paths(), *report_paths(), f"{STATE}/journal", "/boot/grub/grub.cfg",
            *_swap_files(plan))


def mounts_below(plan: Plan, mountpoint: str) -> tuple[str, ...]:
    """Patterns for what lies hidden on one file system below others' mount points.

    The first copy has it in its place. In a later pass the copy's other file systems are mounted
    there: it would be written over theirs.
    """
    top = mountpoint.rstrip("/")
    below = [f.mountpoint.removeprefix(top) for f in plan.filesystems
             if f.mountpoint != mountpoint and f.mountpoint.startswith(f"{top}/")]
    return tuple(f"{glob.escape(path)}/*" for path in below)


def configs_on(plan: Plan, mountpoint: str) -> list[tuple[ConfigFile, str]]:
    """The configuration files on one file system, each with its path from that one's root."""
    return [
        (config, path) for config in copied_configs(plan)
        for path in _of_filesystem(plan, mountpoint, [config.path])
    ]


def _swap_files(plan: Plan) -> list[str]:
    """Made anew in the copy."""
    return [swap.path for swap in plan.swaps if swap.form is SwapForm.FILE]


def _of_filesystem(plan: Plan, mountpoint: str, paths: list[str]) -> tuple[str, ...]:
    """Those of some paths that lie on one file system, as seen from its root."""
    mounts = sorted((f.mountpoint for f in plan.filesystems), key=len, reverse=True)
    found = []
    for path in paths:
        home = next((m for m in mounts if m == "/" or path.startswith(f"{m}/")), "/")
        if home == mountpoint:
            found.append(path if home == "/" else path.removeprefix(home))
    return tuple(found)
