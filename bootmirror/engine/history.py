"""The journal folded into what it says: each step's state, the consents, the wishes of the user."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from bootmirror.engine.journal import Record
from bootmirror.engine.view import Proof, StepState, Verdict

LINES = 400  # of output kept for the screen


@dataclass
class StepHistory:
    """What the journal says of one step. Times in seconds since the epoch."""

    state: StepState = StepState.WAITING
    began: float = 0.0
    ended: float = 0.0
    seconds: float | None = None
    boot_id: str = ""  # the boot in which it was last started or ended
    message: str = ""
    hint: str = ""
    error: str = ""  # the error's class name
    exit_code: int = 0


@dataclass
class History:
    """One conversion, from its approval on."""

    plan_id: str = ""  # "" when none was approved, or it was undone
    undoing: bool = False
    undo_message: str = ""  # why the undo failed
    undo_hint: str = ""
    undone: bool = False
    left: str = ""  # what the undo could not take back, in a few words
    pausing: bool = False
    # When the boot had been chosen that nobody took, and that is taken back; 0 once a step begins.
    taken_back: float = 0.0
    steps: dict[str, StepHistory] = field(default_factory=dict)
    consents: set[tuple[str, str]] = field(default_factory=set)  # step, disk id
    retried: set[str] = field(default_factory=set)  # to run again whatever the facts say
    ever_started: set[str] = field(default_factory=set)  # retries do not take steps out
    output: deque[str] = field(default_factory=lambda: deque(maxlen=LINES))
    last_kind: str = ""
    proofs: dict[str, Proof] = field(default_factory=dict)  # by disk id: its last rehearsal

    def step(self, step_id: str) -> StepHistory:
        return self.steps.get(step_id) or StepHistory()

    def fold(self, records: Iterable[Record]) -> None:
        """Take new records in, in order. Unknown kinds are left to newer versions."""
        for record in records:
            kind = record["kind"]
            fold = getattr(self, f"_{kind.replace('-', '_')}", None)
            if fold is not None:
                fold(record)
                if kind != "rehearsed":  # it says nothing of where the conversion stands
                    self.last_kind = kind

    def _approved(self, record: Record) -> None:
        fresh = History(plan_id=str(record.get("plan_id", "")))
        self.__dict__.update(fresh.__dict__)

    def _consent(self, record: Record) -> None:
        self.consents.add((str(record.get("step")), str(record.get("disk"))))

    def _worker(self, record: Record) -> None:
        """A worker has begun; nothing follows from that alone."""

    def _started(self, record: Record) -> None:
        step_id = str(record.get("step"))
        self.taken_back = 0.0
        self.ever_started.add(step_id)
        self.steps[step_id] = StepHistory(
            StepState.RUNNING, began=_time(record), boot_id=_boot(record)
        )
        self.output.append(f"— {step_id}")

    def _finished(self, record: Record) -> None:
        step_id = str(record.get("step"))
        self.retried.discard(step_id)
        self.steps[step_id] = StepHistory(
            StepState.FINISHED,
            began=self.step(step_id).began,
            ended=_time(record),
            seconds=_number(record, "seconds"),
            boot_id=_boot(record),
            message=str(record.get("result", "")),
        )
        if record.get("result"):
            self.output.append(str(record["result"]))

    def _failed(self, record: Record) -> None:
        step_id = str(record.get("step"))
        self.steps[step_id] = StepHistory(
            StepState.FAILED,
            began=self.step(step_id).began,
            ended=_time(record),
            seconds=_number(record, "seconds"),
            boot_id=_boot(record),
            message=str(record.get("message", "")),
            hint=str(record.get("hint", "")),
            error=str(record.get("error", "")),
            exit_code=int(_number(record, "exit_code") or 1),
        )
        self.output.append(str(record.get("message", "")))

    def _interrupted(self, record: Record) -> None:
        step = self.steps.get(str(record.get("step")))
        if step is not None:
            step.state, step.ended = StepState.INTERRUPTED, _time(record)

    def _rebooted(self, record: Record) -> None:
        """Seen from the array: the reboot step's own finish was written too late to be copied.

        A pause that was wished for meanwhile has come about: it must not keep the first boot from
        being confirmed.
        """
        self.pausing = False
        step = self.steps.get(str(record.get("step")))
        if step is not None:
            step.state, step.ended = StepState.FINISHED, _time(record)

    def _again(self, record: Record) -> None:
        """These steps must run once more; what was consented to stays so.

        ``afresh``: and no fact counts as their work done.
        """
        steps = [str(step_id) for step_id in record.get("steps", ())]
        for step_id in steps:
            self.steps.pop(step_id, None)
        if record.get("afresh"):
            self.retried.update(steps)

    def _taken_back(self, record: Record) -> None:
        """Nobody took the boot from the mirror: from the final copy on all must run once more."""
        self._again(record)
        self.taken_back = _number(record, "chosen") or 0.0

    def _retry(self, record: Record) -> None:
        """A new try after a fall-back: consents and proofs are void, what lies on the mirror is
        not trusted.

        Until such a step has run once more, no fact counts as its work done.
        """
        self._again(record)
        self.retried.update(map(str, record.get("steps", ())))
        self.consents.clear()
        self.proofs.clear()

    def _pause(self, record: Record) -> None:
        self.pausing = bool(record.get("wanted"))

    def _rehearsed(self, record: Record) -> None:
        disk, verdict = str(record.get("disk")), str(record.get("verdict"))
        if verdict in list(Verdict):
            self.proofs[disk] = Proof(
                disk, _time(record), Verdict(verdict), str(record.get("reason", "")),
                str(record.get("hint", "")), _number(record, "seconds") or 0.0,
                bool(record.get("first_boot")),
            )

    def _undoing(self, record: Record) -> None:
        del record
        self.undoing = True
        self.undo_message = self.undo_hint = ""
        self.output.append("— undo")

    def _undo_failed(self, record: Record) -> None:
        self.undo_message = str(record.get("message", ""))
        self.undo_hint = str(record.get("hint", ""))

    def _undone(self, record: Record) -> None:
        fresh = History(undone=True, left=str(record.get("left", "")))
        self.__dict__.update(fresh.__dict__)

    def _running(self, record: Record) -> None:
        self.output.append("$ " + " ".join(str(word) for word in record.get("argv", ())))

    def _command(self, record: Record) -> None:
        self.output.extend("  " + str(line) for line in record.get("output", ()))
        if record.get("returncode"):
            self.output.append(f"  exit code {record['returncode']}")

    def _note(self, record: Record) -> None:
        self.output.append(str(record.get("text", "")))


def _time(record: Record) -> float:
    return _number(record, "time") or 0.0


def _boot(record: Record) -> str:
    return str(record.get("boot_id", ""))


def _number(record: Record, name: str) -> float | None:
    value = record.get(name)
    return float(value) if isinstance(value, (int, float)) else None
