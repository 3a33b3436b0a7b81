"""Where the practice machine's packages come from: wherever this machine's own come from.

On Debian 12 apt's own configured sources (a local mirror, say) are used; elsewhere mmdebstrap's
default for the suite.
"""

from __future__ import annotations

import re
import subprocess

SUITE = "bookworm"
_SUITES = (SUITE, f"{SUITE}-updates", f"{SUITE}-security")
# What a person may have had to tell apt about the network or the clock holds for the build too.
_OPTIONS = re.compile(r"^Acquire::(?:https?::Proxy.*|Check-Valid-Until|Check-Date|Retries)\b", re.I)


def _output(*argv: str) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode == 0 else ""


def source_lines() -> list[str]:
    """One-line sources for the suite out of apt's configuration; empty when it has none of it."""
    form = "$(REPO_URI) $(RELEASE) $(COMPONENT) $(ORIGIN)"
    found = _output("apt-get", "indextargets", "--format", form, "Created-By: Packages")
    lines = []
    for entry in found.splitlines():
        uri, release, component, origin = (entry.split() + [""] * 4)[:4]
        if origin == "Debian" and release in _SUITES and component == "main":
            lines.append(f"deb {uri} {release} {component}")
    return sorted(set(lines)) if any(f" {SUITE} main" in line for line in lines) else []


def apt_options() -> list[str]:
    """apt's own options about proxy and dates, for the apt inside the build."""
    dump = _output("apt-config", "dump")
    return [line.rstrip(";").strip() for line in dump.splitlines() if _OPTIONS.match(line)]
