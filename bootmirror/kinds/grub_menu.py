"""What GRUB's menu in the running system starts (grub.cfg as grub-mkconfig writes it)."""

from __future__ import annotations

from dataclasses import replace

from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot, Check, Started
from bootmirror.kinds.grub import MENU, menu_boots

_KERNEL = ("linux", "linux16", "linuxefi")
_IMAGES = ("initrd", "initrd16", "initrdefi")


def started(host: Host, boot: Boot) -> tuple[Started, ...]:
    """Each kernel the menu starts with the array's root, once; paths as the system names them."""
    found: dict[str, Started] = {}
    kernel = ""
    for line in (host.read(MENU) or "").splitlines():
        word, *rest = line.split() or [""]
        if word in _KERNEL and rest:
            kernel = _in_system(rest[0], boot) if f"root={boot.root}" in rest else ""
            if kernel:
                found.setdefault(kernel, Started(kernel, (), tuple(rest[1:])))
        elif word in _IMAGES and kernel:
            found[kernel] = replace(
                found[kernel], images=tuple(_in_system(path, boot) for path in rest))
        elif word in ("menuentry", "}"):
            kernel = ""
    return tuple(entry for _, entry in sorted(found.items()))


def _in_system(path: str, boot: Boot) -> str:
    """A path of the file system with /boot's files as a path of the running system."""
    return "/boot" + path.removeprefix(boot.directory)


def menu_check(host: Host, boot: Boot) -> Check:
    """The menu starts the array's root, and nothing of the old disk."""
    good = menu_boots(host.read(MENU) or "", boot)
    return Check("boot menu", good,
                 "starts the root on the array" if good else f"{MENU} names another root",
                 "Look for a root written out in /etc/default/grub and /etc/grub.d, then run "
                 "update-grub.")
