"""Whether LILO boots each disk alone, as far as files and first sectors tell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bootmirror.formats.lilo_conf import LiloConf, LiloSection
from bootmirror.host.host import Host
from bootmirror.kinds.boot import Boot, Check, Started
from bootmirror.kinds.lilo_actions import InstallOn
from bootmirror.kinds.lilo_files import CONF, MAP, conf_of
from bootmirror.machine.model import Disk, Machine

MARK = b"LILO"
AFTER = 6  # bytes of mark and version, which follows it in a first sector (LILO's first.S)


def lilo_checks(host: Host, boot: Boot, machine: Machine, disks: Sequence[Disk]
                ) -> Iterator[Check]:
    """Its mark and one version on each disk, both named by lilo.conf, run since the last image."""
    marks = {disk.name: _mark(host.on_disk(disk.path, 0, 512)) for disk in disks}
    for disk in disks:
        own = marks[disk.name]
        wrong = "" if own else "no LILO in its first sector"
        if own and any(other and other != own for other in marks.values()):
            wrong = "not the version that is on the other disk"
        yield Check(f"boot loader on {disk.name}", not wrong, wrong or "LILO in its first sector",
                    f"Run {InstallOn(boot, disk).describe()}.")
    if boot.loader_knows_raid:
        yield _conf(host, machine)
    yield _map(host, boot)


def _mark(sector: bytes) -> bytes:
    at = sector[:16].find(MARK)
    return sector[at : at + AFTER] if at >= 0 else b""


def _conf(host: Host, machine: Machine) -> Check:
    conf = LiloConf.parse(machine.file(CONF) or "")
    files = machine.mount("/boot") or machine.mount("/")
    array = files.source if files else ""
    both = (host.resolve(conf.get("boot") or "/") == array
            and conf.get("raid-extra-boot") == "mbr")
    return Check("lilo.conf", both, "names the array and both disks" if both
                 else "does not install on both disks",
                 f"Write boot={array or 'the array with /boot'} and raid-extra-boot=mbr in {CONF}, "
                 "then run lilo.")


def _map(host: Host, boot: Boot) -> Check:
    """Sector numbers of files that were replaced since lead to what is free, or another's."""
    maps = [MAP, *(f"{MAP}{conf_of(name).removeprefix(CONF)}" for _, name in boot.names)]
    made = max(host.written(path) for path in maps)
    newer = sorted({path for entry in started(host, boot)
                    for path in (entry.kernel, *entry.images) if host.written(path) > made})
    return Check("LILO's map", bool(made) and not newer,
                 f"is older than {', '.join(newer)}" if newer else
                 "is newer than what it starts" if made else f"is missing: no {MAP}",
                 "Run lilo.")


def started(host: Host, boot: Boot) -> tuple[Started, ...]:
    """The images of lilo.conf that boot the array's root."""
    conf = LiloConf.parse(host.read(CONF) or "")
    found = []
    for section in conf.sections:
        words = " ".join(_value(conf, section, name) for name in ("literal", "append"))
        if section.kind == "image" and f"root={boot.root}" in words.split():
            initrd = _value(conf, section, "initrd")
            found.append(Started(host.resolve(section.value),
                                 (host.resolve(initrd),) if initrd else (),
                                 tuple(words.split())))
    return tuple(found)


def _value(conf: LiloConf, section: LiloSection, name: str) -> str:
    return section.get(name) or conf.get(name) or ""
