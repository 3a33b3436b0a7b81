"""What LILO would stop at in a lilo.conf: unknown words, doubled options, values that lack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bootmirror.formats.complaint import Complaint
from bootmirror.formats.lilo_conf_options import SECTIONS, LiloOption

# Name to whether it takes a value; from lilo.conf(5).
_KERNEL = {
    "addappend": True, "append": True, "fallback": True, "initrd": True, "literal": True,
    "ramdisk": True, "read-only": False, "read-write": False, "root": True, "vga": True,
    "lock": False, "mandatory": False, "optional": False, "password": True, "restricted": False,
    "nokbdisable": False, "bypass": False, "vmwarn": False, "vmdisable": False,
    "nobootprompt": False,
}
_GLOBAL = _KERNEL | {
    "backup": True, "force-backup": True, "bios-passes-dl": True, "bitmap": True,
    "bmp-colors": True, "bmp-retain": False, "bmp-table": True, "bmp-timer": True,
    "boot": True, "boot-as": True,
    "change-rules": False, "compact": False, "default": True, "delay": True, "disktab": True,
    "el-torito-bootable-cd": False, "fix-table": False, "geometric": False, "ignore-table": False,
    "install": True, "keytable": True, "large-memory": False, "lba32": False, "linear": False,
    "loader": True, "map": True, "master-boot": False, "menu-scheme": True, "menu-title": True,
    "message": True, "nodevcache": False, "noraid": False, "nowarn": False, "prompt": False,
    "raid-extra-boot": True, "reset": False, "serial": True, "single-key": False,
    "small-memory": False, "static-bios-codes": False, "suppress-boot-time-bios-data": False,
    "table": True, "timeout": True, "unsafe": False, "verbose": True, "atapi-cd": False,
}
_IMAGE = _KERNEL | {
    "alias": True, "label": True, "range": True, "single-key": False, "bmp-retain": False,
}
_OTHER = {
    "alias": True, "boot-as": True, "bypass": False, "change": False, "label": True,
    "loader": True, "lock": False, "map-drive": True, "to": True, "master-boot": False,
    "mandatory": False, "optional": False, "partition": True, "set": True, "reset": False,
    "password": True, "restricted": False, "single-key": False, "table": True, "unsafe": False,
    "activate": False, "deactivate": False, "hidden": False, "normal": False, "force": False,
    "nokbdisable": False, "vmwarn": False, "vmdisable": False, "type": True, "backup": True,
    "fallback": True, "bmp-retain": False,
}
_DISK = {
    "bios": True, "sectors": True, "heads": True, "cylinders": True, "inaccessible": False,
    "partition": True, "start": True, "type": True, "max-partitions": True, "raid": True,
    "atapi-cd": False, "sas": False, "bios-codes": True, "use-raid": False,
}
_KNOWN = {"": _GLOBAL, "disk": _DISK, "image": _IMAGE, "other": _OTHER}
KNOWN_OPTIONS = frozenset(name for names in _KNOWN.values() for name in names)
_REPEATED = ("alias", "partition", "start", "map-drive", "to", "set", "change", "type", "fallback")


def lint_options(options: Sequence[LiloOption]) -> Iterator[Complaint]:
    """Complaints section by section, the global options first."""
    kind, head = "", None
    body: list[LiloOption] = []
    images = False
    for option in options:
        if option.name not in SECTIONS:
            body.append(option)
            continue
        yield from _section(kind, head, body)
        kind, head, body = option.name, option, []
        if kind == "disk" and images:
            yield _say(option, "A disk= section stands after an image",
                       "put it before the first image= or other=")
        images = images or kind != "disk"
        if not option.value:
            yield _say(option, f"{kind} names nothing", f"write {kind}= and a path")
    yield from _section(kind, head, body)
    if not images:
        yield Complaint(1, 1, "No image is given to boot", "add an image= section with a label")


def _section(
    kind: str, head: LiloOption | None, body: Sequence[LiloOption]
) -> Iterator[Complaint]:
    seen: dict[str, LiloOption] = {}
    for option in body:
        yield from _option(kind, option)
        first = seen.setdefault(option.name, option)
        if first is not option and option.name not in _REPEATED:
            yield _say(option, f"{option.name} is given in line {first.line} already",
                       "keep one of the two: LILO takes none twice")
    if kind == "disk" and head is not None:
        yield from _geometry(head, seen)


def _option(kind: str, option: LiloOption) -> Iterator[Complaint]:
    takes_value = _KNOWN[kind].get(option.name)
    if takes_value is None:
        where = f"in a {kind}= section" if kind else "among the global options"
        yield _say(option, f"LILO does not know {option.name} {where}",
                   "correct it, move it to its section, or put a # before it")
    elif takes_value and option.value is None:
        yield _say(option, f"{option.name} lacks its value", f"write {option.name}=VALUE")
    elif not takes_value and option.value is not None:
        yield _say(option, f"{option.name} takes no value", "remove the = and what follows it")


def _geometry(head: LiloOption, seen: dict[str, LiloOption]) -> Iterator[Complaint]:
    if ("sectors" in seen) != ("heads" in seen):
        yield _say(head, "sectors and heads come together", "give both, or neither")
    for name in ("bios", "sectors", "heads", "cylinders"):
        if "inaccessible" in seen and name in seen:
            yield _say(seen[name], f"A disk that is inaccessible has no {name}",
                       "remove one of the two lines")


def _say(option: LiloOption, message: str, hint: str) -> Complaint:
    return Complaint(option.line, option.column, message, hint)
