"""grub.cfg as grub-mkconfig writes it: the kernels that its entries start, and with what words.

It is read without being run: both ways of an "if" are taken, and what GRUB would expand ($NAME)
stays as written. Source: GRUB 2.12's manual, 6.1 Writing full configuration files directly, 6.3
Shell-like scripting.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

KERNEL = ("linux", "linuxefi", "linux16")
XEN = ("module", "module2")  # of a hypervisor: among them are a kernel and its words
IMAGES = ("initrd", "initrdefi", "initrd16")
ENTRIES = ("menuentry", "submenu")
IDS = ("--id", "$menuentry_id_option")  # what an entry's id follows

_TOKEN = re.compile(
    r"(?P<blank>(?:[ \t\r]|\\\n)+)|(?P<comment>#[^\n]*)|(?P<end>[\n;])"
    r"""|(?P<word>(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s;'"\\])+)|(?P<other>.)""", re.DOTALL)
_PIECE = re.compile(r"""'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)""", re.DOTALL)
_ESCAPED = re.compile(r'\\([$"\\])|\\\n')
_SCRIPT = re.compile(r"### (BEGIN|END) (\S+) ###")
_BEFORE = ("if", "elif", "then", "else", "while", "until", "do", "!")  # what a command may follow


@dataclass(frozen=True)
class MenuKernel:
    """A kernel that an entry of the menu starts, or a module of a hypervisor's."""

    line: int  # from 1
    command: str
    kernel: str
    words: tuple[str, ...]  # the kernel's command line
    images: tuple[str, ...] = ()  # initramfs images
    script: str = ""  # which of /etc/grub.d wrote the line, by grub-mkconfig's marks
    # Where the entry had GRUB look for these files: the words of its last search; else what it set
    # root to; () where it says neither.
    place: tuple[str, ...] = ()

    @property
    def root(self) -> str | None:
        """What root= says: of several the last one, as the kernel and every initramfs take it."""
        found = [word.removeprefix("root=") for word in self.words if word.startswith("root=")]
        return found[-1] if found else None


@dataclass(frozen=True)
class _Command:
    line: int
    words: tuple[str, ...]
    script: str


def kernels(text: str) -> tuple[MenuKernel, ...]:
    """Each in the order of the file. Never raises."""
    found: list[MenuKernel] = []
    place: tuple[str, ...] = ()
    looked = False
    open_entry = False
    for command in _commands(text):
        name, *rest = command.words
        if name in (*ENTRIES, "}"):
            place, looked, open_entry = (), False, False
        elif name.partition(".")[0] == "search" and rest:
            place, looked = (*rest, name), True
        elif name == "set" and rest and rest[0].startswith("root=") and not looked:
            place = (rest[0].removeprefix("root="),)
        elif name in (*KERNEL, *XEN) and rest:
            found.append(MenuKernel(command.line, name, rest[0], tuple(rest[1:]),
                                    script=command.script, place=place))
            open_entry = name in KERNEL
        elif name in IMAGES and open_entry:
            last = found[-1]
            found[-1] = MenuKernel(last.line, last.command, last.kernel, last.words, tuple(rest),
                                   last.script, last.place)
    return tuple(found)


def defaults(text: str) -> Iterator[tuple[int, str]]:
    """What the menu starts by itself, each with its line.

    A number, a title or an id, behind those of the submenus it lies in and a ">" each.
    """
    for command in _commands(text):
        name, *rest = command.words
        if name == "set" and rest and rest[0].startswith("default="):
            yield command.line, rest[0].removeprefix("default=")


def entry_names(text: str) -> frozenset[str]:
    """The titles and ids of all entries and submenus."""
    found: set[str] = set()
    for command in _commands(text):
        name, *rest = command.words
        if name in ENTRIES:
            found.update(rest[:1])
            found.update(after for word, after in pairwise(rest) if word in IDS)
    return frozenset(found)


def lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are no comments, each with its number."""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.lstrip().startswith("#"):
            yield number, line


def _commands(text: str) -> Iterator[_Command]:
    words: list[str] = []
    line = began = 1
    script = ""
    for token in _TOKEN.finditer(text):
        if token.lastgroup in ("word", "other"):
            if not words:
                began = line
            words.append(_plain(token[0]))
            if token[0] == "{":  # the first command of a block may stand behind it
                yield from _command(began, words, script)
                words = []
        elif token.lastgroup == "comment":
            mark = _SCRIPT.match(token[0])
            if mark:
                script = mark[2] if mark[1] == "BEGIN" else ""
        elif token.lastgroup == "end":
            yield from _command(began, words, script)
            words = []
        line += token[0].count("\n")
    yield from _command(began, words, script)


def _command(line: int, words: list[str], script: str) -> Iterator[_Command]:
    start = next((n for n, word in enumerate(words) if word not in _BEFORE), len(words))
    if words[start:]:
        yield _Command(line, tuple(words[start:]), script)


def _plain(word: str) -> str:
    """A word without its quotes."""
    def piece(found: re.Match[str]) -> str:
        single, double, escaped = found.groups()
        if double is not None:
            return _ESCAPED.sub(lambda match: match[1] or "", double)
        return str(single if single is not None else escaped)

    return _PIECE.sub(piece, word)
