"""What must hold of a machine with hostile strings, wherever the engine says or writes something.

Each check gives what does not hold, a sentence each: the property tests want none, the table of
faults counts them.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from bootmirror.engine.journal import LONGEST_STRING, Journal, JournalTail
from bootmirror.engine.log import Log
from bootmirror.engine.plan_file import dump_plan, load_plan
from bootmirror.engine.replay import ReplaySession
from bootmirror.errors import Refused, StepFailed
from bootmirror.formats.complaint import Severity
from bootmirror.formats.fstab import Fstab, lint_fstab
from bootmirror.formats.grub_custom import without_entry
from bootmirror.formats.mdadm_conf import MdadmConf
from bootmirror.formats.raidtab import Raidtab
from bootmirror.host.host import Host
from bootmirror.machine.model import Machine
from bootmirror.machine.recording import dump_machine, load_machine
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import Plan
from bootmirror.plan.planner import make_plan
from tests import hostile_conversion
from tests.hostile import faults_of_lines

SEED = "5eed5eed-0000-4000-8000-000000000001"
LONGEST_LINE = 20_000  # characters of anything printed: nothing grows with what was read
COMMANDS = (("status",), ("capture",), ("verify",), ("apply", "/nonexistent"), ("resume",),
            ("undo",), ("plan", "--source", "/dev/sdb", "--mirror", "/dev/sda"),
            ("plan", "--source", "/dev/sda", "--mirror", "/dev/sdb"))
WITH_JSON = ("status", "plan", "verify", "resume", "undo")


def losses(strings: Sequence[str], machine: Machine, place: Path) -> list[str]:
    """Everything of the engine; ``place`` is a directory for what it writes."""
    return [*commands(machine), *words_typed(strings, machine), *plan_of(machine),
            *written(strings, place), *programs(strings[0]), *hostile_conversion.losses(strings)]


def chosen(machine: Machine) -> Choices:
    source, mirror = machine.disk("/dev/sdb"), machine.disk("/dev/sda")
    assert source is not None and mirror is not None
    return Choices(source.id, mirror.id, SEED)


# -- what is printed ------------------------------------------------------------------------------


def commands(machine: Machine) -> Iterator[str]:
    """Every command on a recording of the machine, as text and as JSON, and its dry run."""
    for argv in COMMANDS:
        yield from run(machine, argv)
        if argv[0] in WITH_JSON:
            yield from run(machine, (*argv, "--json"))
        if argv[0] == "plan":
            yield from run(machine, (*argv, "--dry-run"))
            yield from run(machine, (*argv, "--dry-run", "--json"))


def words_typed(strings: Sequence[str], machine: Machine) -> Iterator[str]:
    """What somebody pasted on the command line comes back in the complaint about it."""
    typed = strings[0].replace("\0", "")
    yield from run(machine, ("plan", "--source", f"x{typed}", "--mirror", "/dev/sda"))
    yield from run(machine, (f"x{typed}",))


def run(machine: Machine, argv: Sequence[str]) -> Iterator[str]:
    """One command, and what of its output a terminal or a reader of JSON would stumble over."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = hostile_conversion.run_on(ReplaySession(machine), argv)
    name = " ".join(argv)[:60]
    printed = [*out.getvalue().split("\n"), *err.getvalue().split("\n")]
    for fault in faults_of_lines(printed):
        yield f"{name}: {fault}"
    json_wanted = "--json" in argv or argv[0] == "capture"
    if any(len(line) > LONGEST_LINE for line in printed) and not json_wanted:
        yield f"{name}: a line of {max(map(len, printed))} characters"
    if err.getvalue().count("\n") > 1:
        yield f"{name}: an error of more than one line"
    if code == 0 and json_wanted:
        text = out.getvalue()
        if not text.isascii() or (argv[0] != "capture" and text.count("\n") != 1):
            yield f"{name}: the JSON is not one line of ASCII"
        json.loads(text)


# -- what is planned ------------------------------------------------------------------------------


def plan_of(machine: Machine) -> Iterator[str]:
    """The plan, or a refusal; the files that are generated say what was meant and nothing else."""
    if load_machine(dump_machine(machine)) != machine:
        yield "a captured machine does not come back as it was"
    try:
        plan = make_plan(machine, chosen(machine))
    except Refused as refused:
        if not refused.message:
            yield "a refusal without a word"
        return
    if load_plan(dump_plan(plan)) != plan:
        yield "a plan does not come back as it was"
    yield from _files(machine, plan)


def _files(machine: Machine, plan: Plan) -> Iterator[str]:
    for config in plan.configs:
        old = set((config.current or "").split("\n"))
        new = [line.expandtabs() for line in config.text.split("\n") if line not in old]
        for fault in faults_of_lines(new):
            yield f"{config.path}: {fault}"
        for complaint in config.complaints:
            yield from faults_of_lines([str(complaint)])
    texts = {config.path: config.text for config in plan.configs}
    wanted = {array.uuid for array in plan.arrays}
    if len(Raidtab.parse(texts["/etc/raidtab"]).sections) != len(wanted):
        yield "the raidtab has other arrays than the plan"
    before = MdadmConf.parse(machine.file("/etc/mdadm/mdadm.conf") or "")
    found = {line.uuid for line in MdadmConf.parse(texts["/etc/mdadm/mdadm.conf"]).arrays}
    if found != wanted | {line.uuid for line in before.arrays}:
        yield "mdadm.conf has other arrays than the plan"
    yield from _mounts(machine, plan, texts["/etc/fstab"])
    custom = machine.file("/boot/grub/custom.cfg") or ""
    if (without_entry(texts["/boot/grub/custom.cfg"]) or "").rstrip() != custom.rstrip():
        yield "custom.cfg has more than the entry"
    entries = [line for line in texts["/boot/grub/custom.cfg"].split("\n")
               if line.startswith("menuentry") and line not in custom]
    if len(entries) != 2:
        yield f"custom.cfg has {len(entries)} entries of ours"


def _mounts(machine: Machine, plan: Plan, text: str) -> Iterator[str]:
    """fstab: each line mounts what it did, the arrays' file systems in place of the source's."""
    then = [(e.file, e.vfstype) for e in Fstab.parse(machine.file("/etc/fstab") or "").entries]
    now = [(e.file, e.vfstype) for e in Fstab.parse(text).entries]
    if [line for line in now if line[1] != "swap"] != [line for line in then if line[1] != "swap"]:
        yield "fstab mounts other places than before"
    for filesystem in plan.filesystems:
        entry = Fstab.parse(text).entry_for(filesystem.mountpoint)
        if entry is None or entry.spec != f"UUID={filesystem.uuid}":
            yield f"fstab does not mount the array's {filesystem.mountpoint}"
    own = {complaint.message for complaint in lint_fstab(machine.file("/etc/fstab") or "")}
    errors = [complaint for config in plan.configs for complaint in config.complaints
              if complaint.severity is Severity.ERROR and complaint.message not in own]
    if errors:  # of other lines than its user's
        yield f"what was generated is complained of: {errors[0]}"


# -- what is written down -------------------------------------------------------------------------


def written(strings: Sequence[str], place: Path) -> Iterator[str]:
    """Journal and log."""
    journal, log = place / "journal", place / "log"
    for path in (journal, log):
        path.unlink(missing_ok=True)
    for text in strings:
        Journal(journal, text, lambda: 1.0).append(
            "note", step=text, text=text, argv=[text, text], deep={text: [text]})
        Log(log).write(text)
        Log(log).exception(StepFailed(text, text))
    lines = journal.read_text().split("\n")
    yield from (f"journal: {fault}" for fault in faults_of_lines(lines))
    records, _ = JournalTail(journal).read()
    if len(lines) != len(strings) + 1 or len(records) != len(strings):
        yield f"{len(strings)} records are {len(lines) - 1} lines and read as {len(records)}"
    if any(len(record["text"]) > LONGEST_STRING for record in records):
        yield "the journal holds a string that is not bounded"
    yield from (f"log: {fault}" for fault in faults_of_lines(log.read_text().split("\n")))


def programs(text: str) -> Iterator[str]:
    """What a program prints as it fails stands in the error, bounded and on one line."""
    said = text.replace("\0", "")[:4096]
    try:
        Host().run(["/bin/sh", "-c", 'printf "%s" "$1" >&2; exit 3', "sh", said])
    except StepFailed as error:
        yield from faults_of_lines([error.message])
        if len(error.message) > 500:
            yield f"an error of {len(error.message)} characters"
