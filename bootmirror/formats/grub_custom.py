"""The way from the source disk's GRUB to the array, as a block in its custom.cfg.

One entry boots the copy's kernel once. When that has gone well the variable ``DEFAULT`` is set in
grubenv, and from then on every boot goes on to the menu in the array: a power cut while the old
disk still waits to join must not bring the old system back, older than the one that ran.

How a failure gets back to the old system (grub-core/normal/menu.c, script/execute.c):

- GRUB shows the error of a command that fails, waits ten seconds at most for a key, and goes on
  with the script; the conditions below keep it from going on without an array. An entry whose
  script returns has failed: GRUB then runs the one that ``fallback`` names, by itself, when the
  first was started by the timeout and not by hand.
- When the kernel was loaded but its initramfs could not be read, the kernel starts, finds no root
  and panics; ``panic=5`` reboots, and ``next_entry`` was cleared long before: the old system comes.
- ``save_env`` without a file writes to ``$prefix/grubenv``, and ``$prefix`` holds its device,
  ``(hd0,msdos1)/grub``: setting ``root`` to the array does not lead it astray.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bootmirror.formats.lines import split_lines, with_newline

BEGIN = "# bootmirror: begin"
END = "# bootmirror: end"

OURS = "--id bootmirror-"  # what tells the block's entries from anybody else's

# On the kernel's command line of the first boot; a word with a dot is no affair of the kernel's or
# of init's (Documentation/admin-guide/kernel-parameters.rst).
FIRST_BOOT_WORD = "bootmirror.first_boot"
STAGE = "bootmirror_stage"  # the variable in grubenv
DEFAULT = "bootmirror_default"  # "mirror": every boot takes the menu in the array
STAGES = ("entered", "found", "loaded")  # its values, in the order they are reached

_BARE = re.compile(r"[A-Za-z0-9_./:=,+@%-]+", re.ASCII)
_UUID = re.compile(r"[0-9A-Fa-f]+(?:-[0-9A-Fa-f]+)*", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*", re.ASCII)
_KERNEL_WORD = re.compile(r'(?:"[^"]*(?:"|$)|[^\s"])+')


@dataclass(frozen=True)
class FirstBootEntry:
    """What GRUB needs to load the copy's kernel. Raises ValueError for what GRUB cannot be told."""

    id: str
    title: str
    boot_uuid: str  # of the file system with /boot: the array's own, or the root's
    path_prefix: str  # "" when /boot is a file system of its own, else "/boot"
    kernel: str  # path within that file system; the prefix is added where it lacks
    initrd: str
    cmdline: str  # as in /proc/cmdline, quotes included
    insmods: tuple[str, ...] = ()

    @property
    def menu_id(self) -> str:
        """The id of the entry that goes on to the menu in the array."""
        return f"{self.id}-menu"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.id):
            raise ValueError(f"{self.id!r} cannot be a menu entry's id")
        if not _UUID.fullmatch(self.boot_uuid):
            raise ValueError(f"{self.boot_uuid!r} is no file system's UUID")
        for name in self.insmods:
            if not _NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no GRUB module")

    def path(self, path: str) -> str:
        """A file's path as GRUB sees it, from the root of its file system."""
        full = path if path.startswith("/") else f"/{path}"
        return full if full.startswith(f"{self.path_prefix}/") else self.path_prefix + full


def with_entry(text: str | None, entry: FirstBootEntry) -> str:
    """custom.cfg with the entry: in place of an earlier one, else at the end."""
    before, after = _around_block(text or "")
    return with_newline(before) + "".join(f"{line}\n" for line in _block(entry)) + after


def without_entry(text: str) -> str | None:
    """custom.cfg without the entry; None when nothing else is in it, so it can be removed."""
    rest = "".join(_around_block(text))
    return rest if rest.strip() else None


def _block(entry: FirstBootEntry) -> list[str]:
    return [
        BEGIN,
        "# One boot from the mirror. When it fails, the first entry of the menu follows by itself.",
        "set fallback=0",
        # The mirror's own menu reads a copy of this file: it must not lead to itself.
        f'if [ "${{{DEFAULT}}}" = "mirror" -a "${{boot_once}}" != "true"'
        ' -a "${bootmirror_inside}" != "yes" ]; then',
        f"  set default={entry.menu_id}",
        "  set timeout=5",
        "fi",
        # A menu told to wait for a key would wait for ever at a machine far away.
        'if [ "${boot_once}" = "true" ]; then',
        "  set timeout=5",
        "fi",
        # A GRUB with a password must not ask for it: nobody is there.
        f"menuentry {_quoted(entry.title)} --id {entry.id} --unrestricted {{",
        *(f"  {line}" for line in _body(entry)),
        "}",
        f"menuentry 'The mirror (bootmirror)' --id {entry.menu_id} --unrestricted {{",
        *(f"  {line}" for line in _menu_body(entry)),
        "}",
        END,
    ]


def _menu_body(entry: FirstBootEntry) -> list[str]:
    """On to the array's own menu, which knows its kernels of today."""
    return [
        *(f"insmod {name}" for name in entry.insmods),
        f"if search --no-floppy --fs-uuid --set=root {entry.boot_uuid}; then",
        "  set bootmirror_inside=yes",
        "  export bootmirror_inside",
        f"  set prefix=($root){entry.path_prefix}/grub",
        f"  configfile {entry.path_prefix}/grub/grub.cfg",
        "fi",
    ]


def _body(entry: FirstBootEntry) -> list[str]:
    kernel, initrd = (_quoted(entry.path(path)) for path in (entry.kernel, entry.initrd))
    return [
        *_stage("entered"),
        *(f"insmod {name}" for name in entry.insmods),
        f"if search --no-floppy --fs-uuid --set=root {entry.boot_uuid}; then",
        *(f"  {line}" for line in _stage("found")),
        f"  if linux {kernel} {_kernel_words(entry.cmdline)}; then",
        f"    if initrd {initrd}; then",
        *(f"      {line}" for line in _stage("loaded")),
        "    fi",
        "  fi",
        "fi",
    ]


def _stage(stage: str) -> list[str]:
    return [f"set {STAGE}={stage}", f"save_env {STAGE}"]


def _kernel_words(cmdline: str) -> str:
    """The kernel's words for GRUB, ``panic=5`` and what tells the first boot among them.

    GRUB puts a word that holds blanks in double quotes for the kernel, and a backslash before each
    quote it finds: so the quotes of /proc/cmdline are taken off here.
    """
    words = [match.group().replace('"', "") for match in _KERNEL_WORD.finditer(cmdline)]
    ours = ("panic=", FIRST_BOOT_WORD)
    kept = [word for word in words if word and not word.startswith(ours)]
    # Words after -- go to init, not to the kernel.
    place = kept.index("--") if "--" in kept else len(kept)
    return " ".join(map(_quoted, [*kept[:place], "panic=5", FIRST_BOOT_WORD, *kept[place:]]))


def _quoted(word: str) -> str:
    """A word of GRUB's script language. Control characters, which it cannot hold, become blanks."""
    plain = "".join(char if char.isprintable() or char > "\x9f" else " " for char in word)
    if _BARE.fullmatch(plain):
        return plain
    return "'" + plain.replace("'", "'\\''") + "'"


def _around_block(text: str) -> tuple[str, str]:
    """What stands before and after every block of ours; the second is empty when there is none."""
    lines = split_lines(text)
    before: list[str] = []
    after: list[str] = []
    found = False
    place = 0
    while place < len(lines):
        if lines[place].strip() == BEGIN:
            found = True
            place = _block_end(lines, place)
        else:
            (after if found else before).append(lines[place])
            place += 1
    return "".join(before), "".join(after)


def _block_end(lines: list[str], begin: int) -> int:
    """The index after a block. One whose end mark somebody removed ends with its last entry."""
    following = range(begin + 1, len(lines))
    stop = next((n for n in following if lines[n].strip() == BEGIN), len(lines))
    own = range(begin + 1, stop)
    marks = [n for n in own if lines[n].rstrip() == END]
    if marks:
        return marks[0] + 1
    last = max((n for n in own if lines[n].startswith("menuentry ") and OURS in lines[n]),
               default=begin)
    return next((n + 1 for n in own if n > last and lines[n].rstrip() == "}"), begin + 1)
