"""The practice machines' files: Debian's packages by mmdebstrap, Textual from its wheels.

An ordinary user does this in a user namespace, whose root is nobody to the user's own files (a home
directory is closed to it). So scripts and results lie in an open staging directory meanwhile.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.vm.image import packages, sources
from tests.vm.keys import public_key

HERE = Path(__file__).parent
PROJECT = HERE.parents[2]


def textual_requirement() -> str:
    """The version of Textual the project asks for."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    found = [need for need in project["dependencies"] if need.startswith("textual")]
    return str(found[0])


@contextlib.contextmanager
def _staging(script: str) -> Iterator[Path]:
    """A directory the namespace's root can reach, with that script in it."""
    with tempfile.TemporaryDirectory(prefix="bootmirror-image-", dir="/var/tmp") as name:
        stage = Path(name)
        stage.chmod(0o755)
        shutil.copy(HERE / script, stage / script)
        (stage / script).chmod(0o755)
        yield stage


def _fetch_wheels(into: Path) -> None:
    """Textual and what it needs, unpacked. All of it is pure Python: any release's Python does."""
    subprocess.run(
        [
            sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--no-warn-script-location", "--no-compile", "--target", str(into),
            "--python-version", "3.11", "--only-binary=:all:", textual_requirement(),
        ],
        check=True,
    )
    into.chmod(0o755)


def build_tree(suite: str, names: Sequence[str], tar: Path) -> None:
    """Write a machine's files to ``tar``. Needs root or user namespaces; about a minute."""
    with _staging("customize.sh") as stage:
        _fetch_wheels(stage / "wheels")
        argv = ["mmdebstrap", "--quiet", "--variant=minbase", "--format=tar"]
        argv.append(f"--mode={'root' if os.geteuid() == 0 else 'unshare'}")
        argv.append(f"--include={','.join(names)}")
        argv += [f"--aptopt={option}" for option in sources.apt_options()]
        argv += [f"--dpkgopt=path-exclude={path}" for path in packages.EXCLUDED_PATHS]
        argv += [f"--dpkgopt=path-include={path}" for path in packages.INCLUDED_PATHS]
        argv += [f"--customize-hook={stage / 'customize.sh'}", suite, str(tar)]
        lines = sources.source_lines(suite)
        if lines:
            argv.append("-")
        environment = {
            **os.environ, "PRACTICE_WHEELS": str(stage / "wheels"),
            "PRACTICE_PUBLIC_KEY": public_key(),
        }
        subprocess.run(argv, check=True, text=True, input="\n".join(lines), env=environment)
