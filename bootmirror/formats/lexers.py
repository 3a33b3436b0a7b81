"""Which lexer colours which file."""

from __future__ import annotations

from bootmirror.formats.fstab_tokens import fstab_tokens
from bootmirror.formats.lilo_conf_tokens import lilo_conf_tokens
from bootmirror.formats.mdadm_conf_tokens import mdadm_conf_tokens
from bootmirror.formats.raidtab_tokens import raidtab_tokens
from bootmirror.formats.shell_tokens import bash_tokens, shell_tokens
from bootmirror.formats.tokens import Lexer, Tokens

# The beginning of a path to what is in the files below it.
LEXERS: tuple[tuple[str, Lexer], ...] = (
    ("/etc/raidtab", raidtab_tokens),
    ("/etc/fstab", fstab_tokens),
    ("/etc/mdadm", mdadm_conf_tokens),
    ("/etc/lilo.", lilo_conf_tokens),
    ("/etc/default/", shell_tokens),
    ("/etc/initramfs-tools/", shell_tokens),
    ("/etc/dracut.conf", bash_tokens),
)


def lexer_of(path: str) -> Lexer:
    """The lexer of a configuration file; one that finds nothing where the format is not known."""
    return next((lexer for start, lexer in LEXERS if path.startswith(start)), _no_tokens)


def _no_tokens(line: str, inside: str) -> tuple[Tokens, str]:
    del line
    return (), inside
