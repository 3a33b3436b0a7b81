"""The way from the source disk's GRUB to the array: the block in its custom.cfg, and its trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bootmirror.actions.action import Action
from bootmirror.actions.checkpoint import Checkpoint
from bootmirror.actions.commands import Command
from bootmirror.actions.report import Report
from bootmirror.formats.grub_custom import (
    DEFAULT,
    STAGE,
    FirstBootEntry,
    with_entry,
    without_entry,
)
from bootmirror.formats.grubenv import parse_grubenv
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot, Entry
from bootmirror.kinds.grub import kernel_words, modules
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Machine

ENTRY_ID = "bootmirror-first-boot"
ENTRY_PATH = "/boot/grub/custom.cfg"
GRUBENV = "/boot/grub/grubenv"
FORGET = ("grub-editenv", GRUBENV, "unset", "next_entry", STAGE, DEFAULT)


def environment_refusals(machine: Machine) -> Iterator[Refusal]:
    """Why GRUB could not note on the source disk how far a boot came."""
    boot = machine.mount("/boot") or machine.mount("/")
    if boot is not None and boot.source.startswith("/dev/mapper/"):
        yield Refusal("grubenv", f"/boot is on {boot.source}: GRUB cannot write its "
                      "environment block there, so a first boot that fails could not fall "
                      "back by itself.",
                      "Give /boot a plain partition of its own.")


def grub_entry(machine: Machine, boot: Boot, purpose: str) -> Entry:
    """custom.cfg with the block."""
    entry = FirstBootEntry(
        id=ENTRY_ID,
        title="First boot from the mirror (bootmirror)",
        boot_uuid=boot.files_uuid,
        path_prefix=boot.directory,
        kernel=f"{boot.directory}/vmlinuz-{machine.kernel}",
        initrd=f"{boot.directory}/initrd.img-{machine.kernel}",
        cmdline=kernel_words(machine.cmdline, boot),
        insmods=modules(boot),
    )
    return Entry(ENTRY_PATH, with_entry(machine.file(ENTRY_PATH), entry), purpose, on_source=True)


@dataclass(frozen=True)
class ForgetStages:
    """Take back what would make GRUB boot the mirror, and the stage an earlier try left.

    GRUB reads the block without the file system's journal: where a boot was chosen, that is written
    back, or a power cut soon after would find it chosen still.
    """

    def describe(self) -> str:
        return f"{' '.join(FORGET)}; where a boot was chosen, write its file system's journal back"

    def perform(self, host: Host, report: Report) -> None:
        before = parse_grubenv(host.read(GRUBENV) or "")
        host.run(list(FORGET))
        if before.get("next_entry") or before.get(DEFAULT):
            Checkpoint(str(Path(GRUBENV).parent)).perform(host, report)


def go_on_to_mirror(old_boot: str) -> Action:
    """Every boot from the old disk goes on to the menu in the array."""
    return Command(("grub-editenv", f"{old_boot}/grub/grubenv", "set", f"{DEFAULT}=mirror"))


def at_stage(stage: str, lost: bool) -> str:
    """What the furthest stage that GRUB wrote down means."""
    if stage == "loaded" and lost:
        return "The kernel started, but its initramfs did not find the root array."
    return {
        "entered": "GRUB did not find the array with /boot.",
        "found": "GRUB found the array but could not load the kernel or its initramfs.",
        "loaded": "The kernel started from the mirror but the system did not come up: its init, "
                  "or what it needs, is broken in the copy.",
    }.get(stage, "The boot loader did not reach the one-shot entry.")


@dataclass(frozen=True)
class RemoveEntry:
    """Take the one-shot boot entry out of its file; remove the file when nothing else is in it."""

    def describe(self) -> str:
        return f"take the first-boot entry out of {ENTRY_PATH}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        text = host.read(ENTRY_PATH)
        if text is None:
            return
        rest = without_entry(text)
        if rest is None:
            host.remove(ENTRY_PATH)
        elif rest != text:
            host.write(ENTRY_PATH, rest)
