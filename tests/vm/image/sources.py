"""Where the practice machines' packages come from: wherever this machine's own come from.

On Debian apt's own configured sources (a local mirror, say) are used, with the name of the wanted
release in them; elsewhere mmdebstrap's default for it.
"""

from __future__ import annotations

import re
import subprocess

# What a person may have had to tell apt about the network or the clock holds for the build too.
_OPTIONS = re.compile(r"^Acquire::(?:https?::Proxy.*|Check-Valid-Until|Check-Date|Retries)\b", re.I)
_PARTS = ("", "-updates", "-security")
_STABLE = ("bookworm", "trixie")


def _output(*argv: str) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def source_lines(suite: str) -> list[str]:
    """One-line sources for a suite after apt's configuration; empty when that has none."""
    form = "$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)"
    found = _output("apt-get", "indextargets", "--format", form, "Created-By: Packages")
    lines = set()
    for entry in found.splitlines():
        uri, release, component, origin = (entry.split() + [""] * 4)[:4]
        own, dash, part = release.partition("-")
        wanted = dash + part
        # Testing has neither updates nor security of its own worth waiting for.
        if (origin == "Debian" and own in _STABLE and component == "main"
                and wanted in (_PARTS if suite in _STABLE else _PARTS[:1])):
            lines.add(f"deb {uri} {suite}{wanted} {component}")
    return sorted(lines) if any(f" {suite} main" in line for line in lines) else []


def apt_options() -> list[str]:
    """apt's own options about proxy and dates, for the apt inside the build."""
    dump = _output("apt-config", "dump")
    return [line.rstrip(";").strip() for line in dump.splitlines() if _OPTIONS.match(line)]
