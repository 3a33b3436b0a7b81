"""Secrets taken out of what is kept or shown to others: captures, the journal, the log.

Too much is taken rather than too little: ``password=a,b`` in a line of unknown kind is taken to the
next blank. What is left parses as before, and lines stay lines. Hosts, paths and mail addresses are
no secrets.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bootmirror.formats.lines import split_lines, words_of
from bootmirror.machine.model import Machine

REDACTED = "REDACTED"

# password2, passphrase_passwd, GRUB_PASSWORD, rd.luks.key …; repetition is bounded, so that a line
# of a megabyte takes no longer than its length.
_NAME = (
    r"(?:(?:passw(?:or)?d|passphrase|secret|token|psk)\w{0,20}(?:[ \t]{0,8}[=:][ \t]{0,8})"
    r"|(?<![\w.-])(?:pass|pin|user|username|(?:rd\.)?luks\.key)=)"
)
_QUOTED = r'"(?:[^"\\]|\\.)+"|\'[^\']+\'|\\"(?:(?!\\").)+\\"'
# In options a comma ends a value (fstab(5), crypttab(5)); elsewhere a blank, or the quotes around.
# What stands right behind a quoted part belongs to it, as in a shell.
_OPTION = re.compile(rf"({_NAME})(?:{_QUOTED}|[^\s,])+", re.IGNORECASE)
_ANYWHERE = re.compile(
    rf"({_NAME})(?:(?:{_QUOTED})+(?:\S*[^\s\"'])?|\S*[^\s\"'])", re.IGNORECASE)
# GRUB's commands password and password_pbkdf2 (GRUB manual, 16.3): the user stays.
_GRUB = re.compile(r"^(\W*password(?:_pbkdf2)?[ \t]+(?:\S+[ \t]+)?)\S.*", re.IGNORECASE)
_HASH = re.compile(
    r"grub\.pbkdf2\.[^\s\"']+|\$(?:[1-7]|2[abxy]|g?y|md5|sha1|argon2\w{0,2})\$[^\s\"']+")
_URL = re.compile(r"(\w://)(?:[^\s/@:]{0,256}:\S{0,256}|[^\s/@]{1,256})@")

PASSES = 8
KEY = 2  # the field with the key file or password, from 0
NO_KEY = ("none", "-", "/dev/urandom", "/dev/random", "/dev/hwrng")  # crypttab(5), third field
OPTIONS = ("/etc/fstab", "/etc/crypttab")


def redact(line: str) -> str:
    """One line, of whatever kind."""
    return _settled(line, _anywhere)


def redact_options(text: str) -> str:
    """Options as mount(8) takes them, or a line with some."""
    return _settled(text, _options)


def redact_file(path: str, text: str) -> str:
    """A configuration file's text, line by line, its path telling what it is."""
    take = _options if path in OPTIONS else _anywhere
    if path == "/etc/crypttab":
        take = _crypttab
    return "".join(_ended(line, take) for line in split_lines(text))


def redacted(machine: Machine) -> Machine:
    """The same facts, to be shown to others."""
    return replace(
        machine,
        cmdline=redact(machine.cmdline),
        mounts=tuple(
            replace(m, source=redact_options(m.source), options=redact_options(m.options))
            for m in machine.mounts),
        boot_loader=replace(machine.boot_loader, environment=tuple(
            (name, redact(f"{name}={value}").removeprefix(f"{name}="))
            for name, value in machine.boot_loader.environment)),
        files=tuple((path, redact_file(path, text)) for path, text in machine.files),
    )


def _ended(line: str, take: Callable[[str], str]) -> str:
    body = line.removesuffix("\n")
    return _settled(body, take) + line[len(body):]


def _settled(text: str, take: Callable[[str], str]) -> str:
    """Taken until nothing more is: what stands in a secret's place may show another beside it."""
    for _ in range(PASSES):
        before, text = text, take(text)
        if text == before:
            break
    return text


def _anywhere(line: str) -> str:
    return _rest(_ANYWHERE.sub(rf"\1{REDACTED}", line))


def _options(line: str) -> str:
    return _rest(_OPTION.sub(rf"\1{REDACTED}", line))


def _crypttab(line: str) -> str:
    return _without_key(_options(line))


def _rest(line: str) -> str:
    line = _URL.sub(rf"\1{REDACTED}@", _GRUB.sub(rf"\1{REDACTED}", line))
    return _HASH.sub(REDACTED, line)


def _without_key(line: str) -> str:
    """A line of crypttab, in use or commented out, without its key file or password."""
    signs = len(line) - len(line.lstrip("# \t"))
    commented = "#" in line[:signs]
    words = words_of(" " * signs + line[signs:])
    if len(words) < KEY + 1 or words[KEY].text in NO_KEY:
        return line
    if commented and not words[1].text.startswith(("/dev/", "UUID=", "PARTUUID=", "LABEL=")):
        return line  # prose
    return line[: words[KEY].start] + REDACTED + line[words[KEY].end :]
