"""debconf's database file (config.dat): stanzas of ``Field: value`` lines parted by blank lines.

Read only: values are set through debconf-set-selections. Source: debconf-devel(7).
"""

from __future__ import annotations


def debconf_value(text: str, name: str) -> str | None:
    """The value of one question, or None when it was never asked."""
    for stanza in text.split("\n\n"):
        fields = dict(
            line.split(": ", 1) for line in stanza.splitlines() if ": " in line and line[0] != " "
        )
        if fields.get("Name") == name:
            return fields.get("Value")
    return None
