"""The program that enters other mount namespaces: isolated, and ready before it is there.

That it unmounts is tried on real mounts, in tests/lab/test_elsewhere.py.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

from bootmirror.host import elsewhere
from bootmirror.host.elsewhere import unmounting
from bootmirror.host.host import Host


def test_it_is_this_interpreter_isolated_with_the_standard_library_alone() -> None:
    command = unmounting(900, [(62, "/run/a b"), (61, "/run")])
    assert command == [sys.executable, "-I", "-S", str(Path(elsewhere.__file__).resolve()), "900",
                       "62", "/run/a b", "61", "/run"]
    tree = ast.walk(ast.parse(Path(elsewhere.__file__).read_text()))
    imported = {name for node in tree for name in (
        [alias.name for alias in node.names] if isinstance(node, ast.Import)
        else [node.module or ""] if isinstance(node, ast.ImportFrom) else [])}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


def test_a_process_that_has_ended_is_told_and_is_no_error() -> None:
    with subprocess.Popen(["true"]) as ended:
        pass
    done = Host().run(unmounting(ended.pid, [(1, "/run")]), ok=(0, 1))
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith(f"process {ended.pid}: ")


def test_only_the_mount_that_is_meant_counts(tmp_path: Path) -> None:
    proc = os.open("/proc", elsewhere.PLACE)
    handle = os.open(tmp_path, os.O_PATH)
    try:
        lines = Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines()
        number = next(line.split()[1] for line in lines if line.startswith("mnt_id:"))
        assert elsewhere._lies_there(proc, number, str(tmp_path))
        assert not elsewhere._lies_there(proc, f"{number}0", str(tmp_path))
    finally:
        os.close(handle)
        os.close(proc)
