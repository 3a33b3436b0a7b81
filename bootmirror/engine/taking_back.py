"""A boot from the mirror that nobody takes within an hour is taken back: its copy grows old.

Whatever restarts the machine takes the boot that was chosen, a power cut days later too. It would
come up with the files of the last copy, and whoever writes would go on from there.

systemd's timer starts a process of its own for that. Where there is no systemd the boot stays
chosen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from bootmirror.actions.action import Action
from bootmirror.engine.journal import Journal
from bootmirror.engine.launcher import SYSTEMD, worker_command
from bootmirror.engine.lock import deciding, worker_lock
from bootmirror.engine.log import Log
from bootmirror.engine.phases import REBOOT
from bootmirror.engine.reader import Reader
from bootmirror.engine.rehearsals import refuse_while_rehearsing
from bootmirror.engine.reporting import CommandRecorder, MakeHost, StepReport
from bootmirror.engine.stale import since_the_final_copy
from bootmirror.engine.state import State
from bootmirror.engine.surroundings import Surroundings
from bootmirror.engine.view import StepState
from bootmirror.host.host import Host
from bootmirror.machine.model import Machine
from bootmirror.plan.model import Plan
from bootmirror.steps.step import Step

PATIENCE = 3600  # seconds; a final copy is made anew after two minutes by whoever reboots by us


def chosen(state: State, steps: Sequence[Step]) -> float:
    """The time at which the boot from the mirror was chosen, as the journal has it; 0: it is not.

    It tells one choice from the next.
    """
    reader = Reader(state, steps, Surroundings())
    reader.refresh()
    step = reader.history.step(REBOOT)
    return step.ended if step.state is StepState.FINISHED else 0.0


def take_back_later(host: Host, state: State, when: float, systemd: Path = SYSTEMD) -> None:
    """Have that choice taken back by and by, unless the machine restarts or another is made.

    Raises CommandFailed when systemd does not take it on.
    """
    if when and systemd.is_dir() and host.find("systemd-run"):
        host.run([
            "systemd-run", f"--unit=bootmirror-take-back-{time.time_ns() // 1_000_000:x}",
            "--description=bootmirror: takes back a boot from the mirror that nobody took",
            f"--on-active={PATIENCE}", "--timer-property=AccuracySec=30", "--collect", "--quiet",
            "--property=UMask=0077", *worker_command(state), f"--take-back={when!r}",
        ])


def take_back(  # noqa: PLR0913 - the last two by name, for tests
    state: State,
    steps: Sequence[Step],
    when: float,
    actions: Callable[[Plan, Machine], tuple[Action, ...]],
    *,
    around: Surroundings | None = None,
    make_host: MakeHost = Host,
) -> bool:
    """Take the boot that was chosen at ``when`` back; False where it is not that one that is.

    Raises Refused while a worker or a rehearsal is at work, other errors where it fails; another
    try goes on.
    """
    around = around or Surroundings()
    journal, log = Journal(state.journal, around.boot_id(), around.clock), Log(state.log)
    recorder = CommandRecorder(journal, log)
    recorder.step = REBOOT
    host = make_host(recorder.ended, recorder.started)
    reader = Reader(state, steps, around)
    with worker_lock(state.lock, around.boot_id()), deciding(state.decision):
        refuse_while_rehearsing(state)
        reader.refresh()
        plan = reader.plan
        begun = reader.history.taken_back == when  # an earlier try failed
        if plan is None or around.root_on_md() or not (begun or _stands(reader, around, when)):
            return False
        if not begun:
            # First, as with a step: cut off behind it, the old system does not say that the mirror
            # failed to come up. The next step takes the boot back in any case.
            journal.append("taken-back", chosen=when,
                           steps=since_the_final_copy(reader.history, steps))
        report = StepReport(REBOOT, journal, state.progress)
        try:
            for action in actions(plan, around.look(host)):
                action.perform(host, report)
        finally:
            report.close()
        host.sync()
        log.write("the boot from the mirror was taken back: nobody took it")
        return True


def _stands(reader: Reader, around: Surroundings, when: float) -> bool:
    """Whether it is that choice the next boot would follow."""
    step = reader.history.step(REBOOT)
    return (step.state is StepState.FINISHED and step.ended == when
            and step.boot_id == around.boot_id() and not reader.history.undoing)
