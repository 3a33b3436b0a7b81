"""Whether each initramfs the boot menu starts brings up these arrays, as today's files say."""

from __future__ import annotations

from collections.abc import Iterator

from bootmirror.errors import BootmirrorError
from bootmirror.formats.mdadm_conf import MdadmConf
from bootmirror.kinds.boot import Check, Started
from bootmirror.kinds.boot_loaders import BOOT_LOADERS
from bootmirror.kinds.initramfs import INITRAMFS, InitramfsKind
from bootmirror.kinds.initramfs_image import Image, look_into
from bootmirror.kinds.initramfs_tools import CONFIGS, lacking
from bootmirror.plan.configs import MDADM_CONF
from bootmirror.steps.build_initramfs import built_from, older_than
from bootmirror.steps.points.look import Look
from bootmirror.steps.points.resolve import gone

MENU = "boot menu's kernels"


def initramfs(look: Look) -> Iterator[Check]:
    kind = BOOT_LOADERS[look.plan.boot_loader]
    started = kind.started(look.host, look.plan.boot)
    advice = "Build it anew ({}), then run verify again."
    tool = INITRAMFS[look.plan.initramfs]
    if not started:
        yield Check(MENU, False, "the menu starts no kernel with the root on the array",
                    "Look at the boot loader's configuration, and write its menu anew.")
    for entry in started:
        release = entry.kernel.rsplit("/", 1)[-1].removeprefix("vmlinuz-")
        try:
            wrong = list(_wrong(look, tool, entry))
        except BootmirrorError as error:
            wrong = [error.message]
        command = " ".join(tool.build([release])[0])
        yield Check(f"initramfs of {release}", not wrong, "; ".join(wrong)
                    or "has raid1, mdadm and the arrays as mdadm.conf has them",
                    advice.format(command))


def _wrong(look: Look, tool: InitramfsKind, entry: Started) -> Iterator[str]:
    """What one kernel's images lack; they are unpacked over each other."""
    if not entry.images:
        yield "the menu gives this kernel no initramfs"
        return
    images = [look_into(look.host, path, tool.looks_for) for path in entry.images]
    names = frozenset[str]().union(*(image.names for image in images))
    missing = lacking(set(names), bool(look.plan.root.volume))
    if missing:
        yield f"lacks {', '.join(missing)}"
    if not set(CONFIGS) & names:
        return
    yield from _arrays(look, images)
    files = {name: text for image in images for name, _ in image.files
             if (text := image.text(name)) is not None}
    asked = [word.removeprefix("resume=") for word in entry.words if word.startswith("resume=")]
    yield from (f"would look for a hibernated system on {device}, which is gone"
                for device in (*tool.resume(files), *asked) if gone(look, device))
    older = older_than(look.host, entry.images[-1], built_from(look.plan))
    if older:
        yield f"is older than {older}"


def _arrays(look: Look, images: list[Image]) -> Iterator[str]:
    """Where the ARRAY lines in an image differ from those on disk."""
    texts = [text for name in CONFIGS for image in images
             if (text := image.text(name)) is not None]
    inside, outside = (
        {(line.device, line.uuid.lower()) for line in MdadmConf.parse(text).arrays}
        for text in (texts[-1], look.machine.file(MDADM_CONF) or ""))
    for device, uuid in sorted(inside - outside):
        yield f"its mdadm.conf has {device or 'an array'} {uuid}, which {MDADM_CONF} has not"
    for device, uuid in sorted(outside - inside):
        yield f"its mdadm.conf lacks {device or 'an array'} {uuid}"
