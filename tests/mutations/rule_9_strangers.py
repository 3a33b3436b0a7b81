"""Rule 9: strings are cleaned where they enter; umask, modes, PATH and environment are fixed."""

from __future__ import annotations

import os
import subprocess
from typing import Any

from tests.mutations.mutation import Mutation
from tests.mutations.patching import Altered, nothing, swap

CLEAN = "tests/unit/host/test_clean.py"
LABELS = "tests/unit/machine/test_labels.py"
FILES = "tests/unit/engine/test_files.py"
PRIVATE = "tests/unit/host/test_private.py"
HOST = "tests/unit/host/test_host.py"
COMMANDS = "tests/unit/cli/test_commands.py"
LAUNCHER = "tests/unit/engine/test_launcher.py"


def run_with(**changed: Any) -> None:
    """Host's commands are run with other arguments; None leaves one out."""
    def other(*arguments: Any, **named: Any) -> Any:
        kept = {k: v for k, v in {**named, **changed}.items() if v is not None}
        return subprocess.run(*arguments, check=kept.pop("check"), **kept)
    swap("bootmirror.host.host:subprocess", lambda real: Altered(real, run=other))


def by_a_shell() -> None:
    def shell(argv: Any, **named: Any) -> Any:
        return subprocess.run(" ".join(argv), shell=True, check=named.pop("check"), **named)
    swap("bootmirror.host.host:subprocess", lambda real: Altered(real, run=shell))


def open_to_read() -> None:
    def opened(path: Any, flags: int, mode: int = 0o600, **named: Any) -> int:
        return os.open(path, flags, mode | 0o044, **named)
    swap("bootmirror.host.private:os", lambda real: Altered(real, open=opened))


def never_cut() -> None:
    def change(clean: Any) -> Any:
        return lambda raw, limit=200: clean(raw, 1 << 20)
    swap("bootmirror.host.clean:clean", change)


def not_isolated() -> None:
    def change(own_command: Any) -> Any:
        return lambda *words: [word for word in own_command(*words) if word != "-I"]
    swap("bootmirror.host.own_command:own_command", change)


def the_callers_path() -> None:
    def change(_find: Any) -> Any:
        def find(_self: Any, program: str) -> str:
            import shutil

            return shutil.which(program) or ""
        return find
    swap("bootmirror.host.host:Host.find", change)


MUTATIONS = (
    Mutation(9, "nothing-cleaned", "control characters pass",
             lambda: swap("bootmirror.host.clean:visible", lambda _: lambda text: text),
             f"{CLEAN}::test_control_sequences_are_shown_not_obeyed"),
    Mutation(9, "only-ascii-control-cleaned", "bidirectional controls pass",
             lambda: swap("bootmirror.host.clean:_escape",
                          lambda real: lambda char: real(char) if ord(char) < 0xA0 else char),
             f"{CLEAN}::test_control_sequences_are_shown_not_obeyed"),
    Mutation(9, "never-cut", "strings of any length pass", never_cut,
             f"{CLEAN}::test_any_string_comes_out_printable_and_bounded"),
    Mutation(9, "labels-not-cleaned", "disk labels and models are kept as they are",
             lambda: swap("bootmirror.machine.blocks:clean",
                          lambda _clean: lambda raw, _limit=200: raw or ""),
             f"{LABELS}::test_nothing_a_disk_says_reaches_a_terminal_as_it_is"),
    Mutation(9, "journal-not-cleaned", "the journal takes strings as they are",
             lambda: swap("bootmirror.engine.journal:_cleaned",
                          lambda _cleaned: lambda value, *_rest: value),
             f"{FILES}::test_terminal_control_never_enters_the_journal"),
    Mutation(9, "environment-passed-on", "commands get the caller's environment",
             lambda: run_with(env=None),
             f"{HOST}::test_a_command_runs_in_a_fixed_environment"),
    Mutation(9, "the-callers-path", "programs are looked for in the caller's PATH",
             the_callers_path,
             f"{HOST}::test_programs_are_found_in_the_fixed_path_alone"),
    Mutation(9, "by-a-shell", "commands go through a shell", by_a_shell,
             f"{HOST}::test_every_command_is_reported_but_a_quiet_look"),
    Mutation(9, "closed-umask-for-commands", "commands make the new system's files with umask 077",
             lambda: run_with(umask=0o077),
             f"{HOST}::test_commands_write_the_new_systems_files_open_to_all"),
    Mutation(9, "umask-left-open", "bootmirror keeps the caller's umask",
             lambda: swap("bootmirror.cli.entry:os",
                          lambda real: Altered(real, umask=nothing())),
             f"{COMMANDS}::test_what_bootmirror_writes_is_closed_to_others_whatever_the_callers_umask"),
    Mutation(9, "state-open-to-others", "a state directory that others can write to is trusted",
             lambda: swap("bootmirror.host.private_directory:_refuse", nothing),
             f"{FILES}::test_a_state_directory_others_can_write_to_is_refused"),
    Mutation(9, "what-is-planted-is-used", "a link or another user's file is taken for one of ours",
             lambda: swap("bootmirror.host.private:_refuse", nothing),
             f"{PRIVATE}::test_what_is_planted_is_refused_and_never_followed"),
    Mutation(9, "open-at-first", "journal and plan can be read by others from their first byte on",
             open_to_read, f"{PRIVATE}::test_files_are_closed_before_their_first_byte"),
    Mutation(9, "not-isolated", "the worker's interpreter is not isolated", not_isolated,
             f"{LAUNCHER}::test_the_worker_is_this_interpreter_isolated_and_this_bootmirror"),
)
