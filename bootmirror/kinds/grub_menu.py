"""What GRUB's menu starts (grub.cfg as grub-mkconfig writes it), and whether that is the mirror."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bootmirror.actions.report import Report
from bootmirror.errors import StepFailed
from bootmirror.formats.device_names import link_of
from bootmirror.formats.grub_cfg import (
    KERNEL,
    MenuKernel,
    defaults,
    entry_names,
    kernels,
    lines,
)
from bootmirror.host.clean import clean
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot, Check, Started
from bootmirror.kinds.grub import MENU, SCRIPTS, SETTINGS, SNIPPETS
from bootmirror.machine.model import Disk
from bootmirror.machine.names import fstab_names

ADVICE = (f"Look for a root written out in {SETTINGS}, {SNIPPETS} and {SCRIPTS}, "
          "then run update-grub.")
# The copy's are brought up to date by the step; the plan's own file is what was approved.
ADVICE_COPY = (f"Look for a root written out in {SNIPPETS} and {SCRIPTS}, correct it in the "
               "running system, then try again: the copy gets both anew. If it stands in "
               f"{SETTINGS}, undo, correct it, and make a new plan.")
_KERNEL_FILE = re.compile(r"(?:vmlinu[xz]|kernel)(?:-|$)")
_ON_ARRAY = re.compile(r"\(?(?:mduuid|md|lvmid|lvm)/")  # GRUB's names for arrays and volumes


def started(host: Host, boot: Boot) -> tuple[Started, ...]:
    """Each kernel the menu starts with the array's root, once; paths as the system names them."""
    found: dict[str, Started] = {}
    for entry in kernels(host.read(MENU) or ""):
        if entry.command not in KERNEL or not _is_new(host, entry.root, boot):
            continue
        path = _in_system(entry.kernel, boot)
        first = found.setdefault(path, Started(path, (), entry.words))
        if entry.images:
            images = tuple(_in_system(image, boot) for image in entry.images)
            found[path] = replace(first, images=images)
    return tuple(entry for _, entry in sorted(found.items()))


def _in_system(path: str, boot: Boot) -> str:
    """A path of the file system with /boot's files as a path of the running system."""
    return "/boot" + path.removeprefix(boot.directory)


def menu_fault(host: Host, text: str, boot: Boot, disks: Sequence[Disk] = ()) -> str:
    """Why a menu does not boot the array's root alone, as a phrase; "" when it does.

    ``disks``: those of the mirror, whose partitions are halves of arrays by now.
    """
    return next(_faults(host, text, boot, disks), "")


def _faults(host: Host, text: str, boot: Boot, disks: Sequence[Disk]) -> Iterator[str]:
    entries = kernels(text)
    halves = {name for disk in disks for partition in disk.partitions
              for name in fstab_names(disk, partition)}
    for entry in entries:
        wrong = _wrong(host, entry, boot, halves)
        if wrong:
            yield f"{_where(entry)} {wrong}"
    old = [name for name in boot.old_root if name]
    yield from (f"line {number} names the old root, {name}" for number, name in naming(text, old))
    yield from _lost_default(text, old)
    if not any(entry.root == boot.root for entry in entries if entry.command in KERNEL):
        yield f"no line starts a kernel with root={boot.root}"


def naming(text: str, old: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Where anything at all of a menu names the old root, a search say; and the name."""
    names = re.compile("|".join(rf"(?<![\w-]){re.escape(name)}(?![\w-])" for name in old))
    if old:
        yield from ((number, found[0])
                    for number, line in lines(text) if (found := names.search(line)))


def _lost_default(text: str, old: Sequence[str]) -> Iterator[str]:
    """Where the entry that is started by itself has an id of the old root's, and is not there.

    One that a removed kernel left behind is not told: the old disk starts its first entry too.
    """
    known = entry_names(text)
    yield from (f"line {number} starts by default {clean(part)}, which no entry is called"
                for number, entry in defaults(text) for part in entry.split(">")
                if part not in known and any(name in part for name in old))


def _where(entry: MenuKernel) -> str:
    by = f" (of {clean(entry.script)})" if entry.script else ""
    return f"line {entry.line}{by} starts {clean(entry.kernel)}"


def _wrong(host: Host, entry: MenuKernel, boot: Boot, halves: set[str]) -> str:
    """What is wrong with the words of a kernel; another system's may be any but the old root's."""
    root = entry.root
    if root is None:
        # A memory test, an installer and a system from a network have none.
        needs = _is_own(entry, boot) and _is_kernel(entry, boot)
        return f"without root={boot.root}" if needs and not _may_be_elsewhere(entry) else ""
    if _is_new(host, root, boot):
        lacks = [word for word in boot.words if word not in entry.words]
        return f"without {' '.join(lacks)}" if lacks else ""
    if _is_old(host, root, boot) or not {root, link_of(root), host.resolve(link_of(root))
                                         }.isdisjoint(halves):
        return f"with the old disk's root={clean(root)}"
    if _is_own(entry, boot) and "$" not in root:
        return f"with root={clean(root)}, not root={boot.root}"
    return ""


def _is_new(host: Host, root: str | None, boot: Boot) -> bool:
    """Whether a root= names the array's root, by whatever name."""
    if root is None or root == boot.root:
        return root is not None
    return _same_device(host, root, boot.root)


def _is_old(host: Host, root: str, boot: Boot) -> bool:
    """Whether it names the old root: its UUID, its volume, or what either leads to now."""
    if any(root in (name, f"UUID={name}") for name in boot.old_root):
        return True
    names = [name if name.startswith("/") else f"UUID={name}" for name in boot.old_root]
    return any(_same_device(host, root, name) for name in names)


def _same_device(host: Host, one: str, other: str) -> bool:
    links = link_of(one), link_of(other)
    first, second = (host.resolve(link) for link in links)
    return first.startswith("/dev/") and first == second


def _is_own(entry: MenuKernel, boot: Boot) -> bool:
    """Whether the entry takes its kernel from the mirror's /boot, as far as it says."""
    if entry.command not in KERNEL or entry.kernel.startswith("("):
        return False
    if not entry.place:
        return True
    return boot.files_uuid in entry.place or bool(_ON_ARRAY.match(entry.place[0]))


def _is_kernel(entry: MenuKernel, boot: Boot) -> bool:
    """Whether the file is one of the kernels that lie in /boot itself."""
    directory, _, name = entry.kernel.rpartition("/")
    return directory == boot.directory and bool(_KERNEL_FILE.match(name))


def _may_be_elsewhere(entry: MenuKernel) -> bool:
    """Whether a root may come from a variable of GRUB's, or be another kind of boot (boot=live)."""
    return any(word.startswith("boot=") or "$" in word for word in entry.words)


def menu_check(host: Host, boot: Boot, disks: Sequence[Disk]) -> Check:
    """The menu starts the array's root, and nothing of the old disk."""
    wrong = menu_fault(host, host.read(MENU) or "", boot, disks)
    return Check("boot menu", not wrong,
                 f"{MENU}: {wrong}" if wrong else "starts the root on the array",
                 ADVICE)


@dataclass(frozen=True)
class CheckMenu:
    """The menu must boot the array's root, and nothing of the old disk."""

    path: str
    boot: Boot

    def describe(self) -> str:
        return f"check that {self.path} boots the root {self.boot.root} and not the old one"

    def perform(self, host: Host, report: Report) -> None:
        wrong = menu_fault(host, host.read(self.path) or "", self.boot)
        if wrong:
            raise StepFailed(f"{self.path} does not boot the array: {wrong}.", ADVICE_COPY)
        report.result("the menu boots the array")
