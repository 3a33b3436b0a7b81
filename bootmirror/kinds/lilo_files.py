"""LILO's configuration for the array and for the first boot, out of today's lilo.conf.

LILO 22 and newer know RAID-1: ``boot=`` is the array with /boot and ``raid-extra-boot=`` says
whose first sectors are written too (lilo.conf(5)). LILO 21 is told instead that the array is a disk
with a geometry, as in the Boot+Root+RAID+LILO HOWTO.
"""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.formats.grub_custom import FIRST_BOOT_WORD
from bootmirror.formats.lilo_conf import LiloConf, LiloOption, LiloSection, quoted
from bootmirror.kinds.boot import Boot
from bootmirror.kinds.grub import OLD_WORDS, words_kept
from bootmirror.machine.model import Disk, Geometry

CONF = "/etc/lilo.conf"
ENTRY_CONF = "/etc/lilo.bootmirror.conf"
MAP = "/boot/map"  # where LILO keeps its map unless it is told otherwise
ENTRY_MAP = "bootmirror.map"  # in /boot: today's own map stays as it is
MIRROR_RAN = "mirror-ran.bootmirror"  # in the old disk's /boot, once it goes on to the mirror
LABEL = "bootmirror"
OLD_LABEL = "old"
PANIC = "panic=30"
FIRST = "0x80"  # the BIOS's number of the disk it boots

_OF_ROOT = ("root=", "resume=", "resume_offset=")


def conf_of(disk_name: str) -> str:
    """The file that makes one disk bootable."""
    return f"{CONF}.{disk_name}"


def halves(boot: Boot) -> list[str]:
    """-H: install on the halves that are there. LILO 21 does not know it."""
    return ["-H"] if boot.loader_knows_raid else []


def entry_initrd(boot: Boot, old_boot: str = "/boot") -> str:
    """The mirror's initramfs on the old disk."""
    return f"{old_boot}/initrd.img-{boot.kernel}.bootmirror"


def root_on_array(text: str, boot: Boot, old_names: frozenset[str]) -> LiloConf:
    """The images that boot the old root made to boot the array's; other systems' stay."""
    conf = LiloConf.parse(text)
    edits: list[tuple[int, int, str]] = []
    for section in conf.sections:
        root = section.get("root") or conf.get("root")
        if section.kind == "image" and (root is None or root == "current" or root in old_names):
            edits += _image(conf, section, boot)
    for name in ("append", "literal", "addappend"):
        option = next((o for o in conf.globals if o.name == name), None)
        kept = " ".join(words_kept(option.value or "", _OF_ROOT)) if option else ""
        if option is not None and kept != " ".join((option.value or "").split()):
            edits.append((option.start, option.end, f"{option.name}={quoted(kept)}"))
    return conf.edited(edits).without_option("root")


def _image(conf: LiloConf, section: LiloSection, boot: Boot) -> Iterator[tuple[int, int, str]]:
    """One image's edits: root= on its kernel's command line, by UUID."""
    own = {option.name: option for option in section.options}
    # literal= wins over append=, and an image's own over the global one.
    name = next((n for n in ("literal", "append") if n in own), None)
    if name is None:
        name = "literal" if conf.get("literal") is not None else "append"
    words = _words(own[name].value if name in own else conf.get(name), boot)
    line = f"{name}={quoted(words)}"
    if name in own:
        yield own[name].start, own[name].end, line
    else:
        yield section.head.end, section.head.end, f"\n\t{line}"
    for option in section.options:
        if option.name == "root":
            yield _with_its_line(conf.text, option)


def _with_its_line(text: str, option: LiloOption) -> tuple[int, int, str]:
    """An option taken out, and its line too when nothing else stands on it."""
    head = text.rfind("\n", 0, option.start) + 1
    tail = text.find("\n", option.end) + 1 or len(text)
    alone = not text[head : option.start].strip() and not text[option.end : tail].strip()
    return (head, tail, "") if alone else (option.start, option.end, "")


def _words(value: str | None, boot: Boot) -> str:
    kept = words_kept(value or "", _OF_ROOT)
    return " ".join([f"root={boot.root}", *kept, *(w for w in boot.words if w not in kept)])


def with_own_map(conf: LiloConf, disk_name: str) -> LiloConf:
    """For one disk's file. A disk's first sector holds the places of its map's sectors, and each
    run of lilo puts a new map in the old one's place: two disks cannot share one."""
    return conf.with_option("map", f"{conf.get('map') or MAP}.{disk_name}")


def on_array(conf: LiloConf, boot: Boot, extra: str) -> LiloConf:
    """For LILO 22 and newer; ``extra`` is raid-extra-boot's value."""
    conf = conf.with_option("boot", boot.array).with_option("raid-extra-boot", extra)
    if all(conf.get(name) is None for name in ("lba32", "linear", "geometric")):
        conf = conf.with_option("lba32", None)
    return conf


def as_disk(conf: LiloConf, boot: Boot, disk: str, geometry: Geometry, start: int) -> LiloConf:
    """For LILO 21: the array as a disk. ``start`` is /boot's first sector on the disk."""
    conf = conf.with_option("boot", disk)
    other = "/dev/md1" if boot.array == "/dev/md0" else "/dev/md0"
    stanza = (
        f"disk={other}\n\tbios={FIRST}\n\tsectors={geometry.sectors}\n\theads={geometry.heads}\n"
        f"\tcylinders={geometry.cylinders}\n\tpartition={boot.array}\n\t\tstart={start}\n"
    )
    return _before_images(conf, stanza)


def _before_images(conf: LiloConf, stanza: str) -> LiloConf:
    """A disk= section goes after the global options and before the first image."""
    first = next((s.head for s in conf.sections if s.kind != "disk"), None)
    place = len(conf.text) if first is None else conf.text.rfind("\n", 0, first.start) + 1
    return conf.edited([(place, place, stanza)])


def first_boot_conf(text: str, cmdline: str, boot: Boot, source: Disk, device: str) -> str:
    """Today's lilo.conf with one more image: the mirror's system. ``device`` names the old disk."""
    conf = LiloConf.parse(text).with_option("boot", device).with_option("map", f"/boot/{ENTRY_MAP}")
    if conf.get("prompt") is not None and conf.get("timeout") is None:
        # It would wait for a key for ever when the first boot has failed.
        conf = conf.with_option("timeout", "50")
    listed = {section.value for section in conf.sections if section.kind == "disk"}
    if source.name[-1] != "a" and not listed & {source.path, *source.by_id, *source.by_path}:
        # LILO counts as the kernel does; the BIOS calls the disk that it boots the first.
        conf = _before_images(conf, f"disk={device}\n\tbios={FIRST}\n")
    lines = [f"image=/boot/vmlinuz-{boot.kernel}", f"\tlabel={LABEL}",
             f"\tinitrd={entry_initrd(boot)}", f"\tappend={quoted(command_line(cmdline, boot))}"]
    if conf.get("password") is not None:
        lines.append("\tbypass")  # nobody is there to type it
    text = conf.text if conf.text.endswith("\n") or not conf.text else f"{conf.text}\n"
    return text + "".join(f"{line}\n" for line in lines)


def command_line(cmdline: str, boot: Boot) -> str:
    """The first boot's, after the running kernel's; on a panic it restarts."""
    kept = [word for word in words_kept(cmdline, OLD_WORDS) if word not in ("ro", "rw", "auto")]
    wanted = [word for word in (*boot.words, *boot.first_words) if word not in kept]
    # The units of the first boot look for the word, and for nothing at any other boot.
    return " ".join([f"root={boot.root}", "ro", *wanted, *kept, FIRST_BOOT_WORD, PANIC])


def to_mirror_conf(cmdline: str, boot: Boot, source: Disk, old_boot: str) -> str:
    """The old disk boots the mirror's system at every boot, with the kernel it holds itself.

    The old system is there still, for a person who asks for it at the prompt.
    """
    once = ("ro", "rw", "auto", FIRST_BOOT_WORD, *boot.first_words)
    kept = [word for word in words_kept(cmdline, OLD_WORDS) if word not in once]
    images = (
        (LABEL, entry_initrd(boot, old_boot), boot.root),
        (OLD_LABEL, f"{old_boot}/initrd.img-{boot.kernel}", f"UUID={boot.old_root[0]}"),
    )
    return "".join(f"{line}\n" for line in (
        f"boot={source.path}", f"map={old_boot}/{ENTRY_MAP}", "lba32",
        *(["large-memory"] if boot.loader_knows_raid else []),
        "prompt", "timeout=50", f"default={LABEL}",
        f"disk={source.path}", f"\tbios={FIRST}",
        *(line
          for label, initrd, root in images
          for line in (f"image={old_boot}/vmlinuz-{boot.kernel}", f"\tlabel={label}",
                       f"\tinitrd={initrd}",
                       f"\tappend={quoted(' '.join([f'root={root}', 'ro', *kept]))}")),
    ))
