"""The real entry, started in an environment and a directory full of traps: none of them is sprung.

Each trap writes a file when it is; that it would without the isolation is part of each test.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

from bootmirror.errors import Refused
from bootmirror.host.isolation import KEPT, cleaned, make_sure_of_code
from bootmirror.host.own_command import own_command

TOP = Path(__file__).resolve().parents[3]
LAUNCHER = TOP / "bin" / "bootmirror"
MODULES = ("sitecustomize", "usercustomize", "json", "argparse", "bootmirror", "textual", "driver")
PROGRAMS = ("mdadm", "lsblk", "python3", "env", "readlink", "findmnt", "blkid", "vi")
LOOK = ("status", "--json")  # loads what every command does and runs lsblk, findmnt, blkid
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="looking at disks is for root")


@pytest.fixture
def sprung(tmp_path: Path) -> Path:
    """Where the traps write: one file each."""
    path = tmp_path / "sprung"
    path.mkdir()
    return path


@pytest.fixture
def trap(tmp_path: Path, sprung: Path) -> Path:
    """A writable directory with modules and programs that go by well-known names."""
    path = tmp_path / "trap"
    path.mkdir()
    for name in MODULES:
        (path / f"{name}.py").write_text(f"open({str(sprung / name)!r}, 'w').close()\n")
    for name in PROGRAMS:
        (path / name).write_text(f"#!/bin/sh\n: > {sprung / name}\n")
        (path / name).chmod(0o755)
    return path


@pytest.fixture
def hostile(tmp_path: Path, trap: Path) -> dict[str, str]:
    """An environment in which everything leads into the trap."""
    return {
        "PATH": f"{trap}:{os.environ['PATH']}", "PYTHONPATH": str(trap), "PYTHONHOME": str(trap),
        "PYTHONSTARTUP": str(trap / "json.py"), "PYTHONUSERBASE": str(trap),
        "PYTHONPYCACHEPREFIX": str(tmp_path / "pycache"), "PYTHONINSPECT": "1",
        "PYTHONBREAKPOINT": "driver.anything", "PYTHONWARNINGS": "error::driver.Anything",
        "TMPDIR": str(trap), "EDITOR": str(trap / "vi"), "VISUAL": str(trap / "vi"),
        "PAGER": str(trap / "vi"), "ENV": str(trap / "json.py"), "BASH_ENV": str(trap / "env"),
        "TEXTUAL_DRIVER": "driver:Driver", "TEXTUAL_LOG": str(tmp_path / "sprung" / "textual-log"),
        "HOME": str(trap), "SUDO_USER": "somebody", "SUDO_UID": "1000", "USER": "somebody",
        "IFS": "/", "CDPATH": str(trap), "TERM": "xterm", "LANG": "C.UTF-8",
    }


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The launcher as README.md has it: in an environment's bin, and linked to from elsewhere."""
    place = tmp_path / "opt"
    venv.create(place, symlinks=True)
    packages = place / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
    found = [path for path in sys.path if path.endswith("-packages")]
    (packages / "bootmirror.pth").write_text("\n".join([str(TOP), *found]))
    shutil.copy(LAUNCHER, place / "bin")
    link = tmp_path / "sbin-bootmirror"
    link.symlink_to(place / "bin" / "bootmirror")
    return link


def started(
    argv: list[str], environment: dict[str, str], cwd: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, env=environment, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=False, timeout=60,
    )


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


@needs_root
def test_the_installed_command_springs_no_trap(
    installed: Path, hostile: dict[str, str], trap: Path, sprung: Path
) -> None:
    done = started([str(installed), *LOOK], hostile, trap)
    assert (done.returncode, done.stderr) == (0, "")
    assert '"disks"' in done.stdout
    assert names(sprung) == []
    assert "__pycache__" not in names(trap)


def test_the_same_traps_work_where_nothing_isolates(
    hostile: dict[str, str], trap: Path, sprung: Path
) -> None:
    """Else the test above would prove nothing."""
    without_home = {name: value for name, value in hostile.items() if name != "PYTHONHOME"}
    started([sys.executable, "-c", "import json, argparse"], without_home, trap)
    assert {"sitecustomize", "json", "argparse"} <= set(names(sprung))
    here = {name: value for name, value in hostile.items() if not name.startswith("PYTHON")}
    (sprung / "json").unlink()
    started([sys.executable, "-m", "bootmirror"], here, trap)
    assert "bootmirror" in names(sprung)
    started([sys.executable, "-c", "import json"], here, trap)
    assert "json" in names(sprung)
    started(["/bin/sh", "-c", "mdadm; lsblk; $EDITOR; env; readlink; python3"], hostile, trap)
    assert {"mdadm", "lsblk", "vi", "env", "readlink", "python3"} <= set(names(sprung))
    done = started([sys.executable, "-c", "import tempfile; print(tempfile.gettempdir())"],
                   here, TOP)
    assert done.stdout.strip() == str(trap)
    assert started([sys.executable, "-c", ""], hostile, TOP).returncode != 0  # PYTHONHOME


def test_names_of_files_are_bytes_whatever_the_locale(tmp_path: Path) -> None:
    asked = [*own_command()[:-1], "-c", "import sys; print(sys.flags.utf8_mode)"]
    assert started(asked, {"LANG": "de_DE"}, tmp_path).stdout == "1\n"


@needs_root
def test_by_path_it_isolates_itself(hostile: dict[str, str], trap: Path, sprung: Path) -> None:
    """The interpreter has obeyed PYTHONPATH by then: what is tested is all that comes after."""
    mild = {name: value for name, value in hostile.items() if not name.startswith("PYTHON")}
    done = started([sys.executable, str(TOP / "bootmirror" / "__main__.py"), *LOOK], mild, trap)
    assert (done.returncode, done.stderr) == (0, "")
    assert names(sprung) == []


SHOW = """
import json, os, sys
from bootmirror.host.isolation import isolate
import bootmirror.host.isolation as module
module.own_command = lambda *words: [sys.executable, "-I", "-c", CODE, *words]
CODE = ("import json, os, sys;"
        "print(json.dumps([sys.flags.isolated, dict(os.environ), sys.argv[1:], sys.path]))")
isolate(["one", "two words"])
"""


def test_it_begins_anew_with_a_terminals_environment_and_no_other(
    trap: Path, hostile: dict[str, str]
) -> None:
    import json

    mild = {name: value for name, value in hostile.items() if not name.startswith("PYTHON")}
    done = started([sys.executable, "-c", SHOW], {**mild, "PYTHONPATH": str(TOP)}, TOP)
    isolated, environment, words, path = json.loads(done.stdout)
    assert (isolated, words) == (1, ["one", "two words"])
    assert environment == {
        "TERM": "xterm", "LANG": "C.UTF-8", "HOME": "/root",
        "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}
    assert str(trap) not in path
    assert "" not in path


def test_an_isolated_interpreter_forgets_the_rest_of_the_environment(
    hostile: dict[str, str]
) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(TOP)!r})\n"
        "from bootmirror.host.isolation import isolate\n"
        "isolate([])\n"
        "import os, subprocess\n"
        "print(sorted(os.environ))\n"
        "print(subprocess.run(['/usr/bin/env'], capture_output=True, text=True).stdout)\n"
    )
    done = started([sys.executable, "-I", "-c", code], hostile, TOP)
    assert done.stdout.splitlines()[0] == "['HOME', 'LANG', 'PATH', 'TERM']"
    assert "TMPDIR" not in done.stdout
    assert "HOME=/root" in done.stdout


def test_the_launcher_keeps_what_the_process_keeps() -> None:
    names = re.findall(r'\$\{(\w+)\+"(\w+)=\$(\w+)"\}', LAUNCHER.read_text())
    assert {one for triple in names for one in triple} == set(KEPT)
    assert all(len(set(triple)) == 1 for triple in names)
    assert cleaned({}) == {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"}


def test_the_launcher_is_what_an_installation_puts_into_bin() -> None:
    """An entry point of that name would be made by pip, without -I, and win."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text())
    assert project["tool"]["setuptools"]["script-files"] == ["bin/bootmirror"]
    assert "scripts" not in project["project"]
    assert os.access(LAUNCHER, os.X_OK)


def test_the_launchers_values_are_passed_as_they_are(installed: Path, tmp_path: Path) -> None:
    """No shell sees them as anything but words, and what was not set is not set."""
    python = installed.resolve().parent / "python3"
    python.unlink()
    python.write_text('#!/bin/sh\n/usr/bin/env\nprintf "%s|" "$@"\n')
    python.chmod(0o755)
    odd = "$(touch /nowhere); `id` '\" *"
    done = started([str(installed), "status", "a  b"],
                   {"LANG": odd, "NO_COLOR": "", "OPENSSL_CONF": "/x"}, tmp_path)
    lines = done.stdout.splitlines()
    assert f"LANG={odd}" in lines
    assert "NO_COLOR=" in lines
    assert not any(line.startswith(("TERM=", "LC_ALL=", "OPENSSL_CONF=")) for line in lines)
    assert lines[-1] == "-I|-X|utf8|-m|bootmirror|status|a  b|"


PRELOADED = r"""
#include <stdio.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>
__attribute__((constructor)) static void noted(void) {
    char name[64] = "", path[4096];
    int comm = open("/proc/self/comm", O_RDONLY);
    ssize_t length = read(comm, name, sizeof name - 1);
    close(comm);
    if (length > 0) name[length - 1] = 0;
    snprintf(path, sizeof path, "%s/%s", SPRUNG, name);
    close(open(path, O_WRONLY | O_CREAT, 0600));
}
"""


@pytest.fixture
def preloaded(tmp_path: Path, sprung: Path) -> Path:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler")
    (tmp_path / "noted.c").write_text(PRELOADED)
    made = tmp_path / "noted.so"
    subprocess.run(
        [compiler, "-shared", "-fPIC", f'-DSPRUNG="{sprung}"', "-o", made, tmp_path / "noted.c"],
        check=True)
    return made


@needs_root
def test_a_preloaded_library_gets_no_further_than_the_launchers_shell(
    installed: Path, preloaded: Path, sprung: Path, tmp_path: Path
) -> None:
    """The dynamic loader has obeyed for the shell before its first line (docs/security.md)."""
    environment = {"LD_PRELOAD": str(preloaded), "TERM": "xterm"}
    done = started([str(installed), *LOOK], environment, tmp_path)
    assert done.returncode == 0
    assert names(sprung) == [installed.name]  # the shell, by the script's name
    started([sys.executable, "-c", "import os; os.system('lsblk >/dev/null')"], environment, TOP)
    assert {"lsblk", "sh"} <= set(names(sprung))


@needs_root
def test_a_library_to_preload_that_is_not_there_is_no_trouble(
    installed: Path, tmp_path: Path
) -> None:
    environment = {"LD_PRELOAD": "/nowhere/evil.so", "LD_LIBRARY_PATH": str(tmp_path)}
    done = started([str(installed), *LOOK], environment, tmp_path)
    assert done.returncode == 0
    told = [line for line in done.stderr.splitlines() if line]
    assert len(told) <= 1  # the loader's own complaint, for the shell


@pytest.fixture
def package(tmp_path: Path) -> Path:
    place = tmp_path / "lib" / "bootmirror"
    place.mkdir(parents=True)
    for directory in (place, place.parent):
        directory.chmod(0o755)
    return place


def test_code_that_others_can_change_is_not_run(package: Path) -> None:
    make_sure_of_code(package, tmp := package.parent)
    for directory in (package, package.parent):
        directory.chmod(0o757)
        with pytest.raises(Refused, match=f"can write to {directory}\\."):
            make_sure_of_code(package, tmp)
        directory.chmod(0o755)
    package.parent.chmod(0o1777)  # as /tmp: nobody can exchange what lies in it
    make_sure_of_code(package, tmp)


@needs_root
def test_code_of_another_user_is_not_run_unless_the_interpreter_is_his_too(package: Path) -> None:
    os.chown(package, 65534, 0)
    with pytest.raises(Refused, match="others than root can write"):
        make_sure_of_code(package, Path("/usr"))
    make_sure_of_code(package, package)
    os.chown(package, 0, 65534)
    package.chmod(0o775)
    with pytest.raises(Refused, match="others than root can write"):
        make_sure_of_code(package, Path("/usr"))


@needs_root
def test_a_copy_that_others_can_change_is_refused_by_the_real_entry(tmp_path: Path) -> None:
    shutil.copytree(TOP / "bootmirror", tmp_path / "bootmirror",
                    ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "bootmirror").chmod(0o777)
    done = started([sys.executable, str(tmp_path / "bootmirror" / "__main__.py"), "status"],
                   {"PATH": os.environ["PATH"]}, TOP)
    assert done.returncode == 3
    assert f"can write to {tmp_path / 'bootmirror'}." in done.stderr
    assert len(done.stderr.splitlines()) == 1
