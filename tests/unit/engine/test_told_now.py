"""What is told is how it is now: names of today, this conversion's arrays, the true reason."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

import pytest

from bootmirror.cli.follow import exit_code
from bootmirror.engine.journal import Journal
from bootmirror.engine.leftovers import wait_for_leftovers
from bootmirror.engine.undoing import UndoWorker
from bootmirror.engine.view import Phase
from bootmirror.errors import BootmirrorError, ExitCode, NeedsPerson, Refused
from bootmirror.steps.undo import NotBlank
from tests.unit.engine.conftest import MIRROR, Conversion, at_the_reboot, through
from tests.unit.engine.fake_session import END, Session
from tests.unit.engine.fakes import QuietHost, plan, recipe

SWAPPED = {"SRC1": "sdb", "MIR1": "sda"}


@pytest.fixture
def session(conversion: Conversion) -> Iterator[Session]:
    session = Session(conversion)
    yield session
    for worker in session.workers:
        worker.communicate(timeout=END)


def test_after_a_boot_that_exchanged_the_names_the_right_disk_is_named(
    conversion: Conversion,
) -> None:
    at_the_reboot(conversion)
    assert conversion.view().headline.startswith("Ready to reboot. sda is whole")
    conversion.world.set(called=SWAPPED)
    conversion.reboot(md=True)
    assert conversion.view().headline.endswith("sdb still holds the old system.")
    conversion.work()
    view = conversion.view()
    assert (view.phase, view.consent_disk) == (Phase.CONSENT, "SRC1")
    assert view.headline.startswith("sdb is still whole")
    assert view.next == "Consent by typing SRC1, the id of sdb."
    assert "undo there" not in view.hint


def test_the_old_system_names_itself_by_todays_name(conversion: Conversion) -> None:
    at_the_reboot(conversion)
    conversion.world.set(called=SWAPPED)
    conversion.reboot(md=False)
    assert conversion.view().headline.endswith("The machine is back on sdb, whole.")


def test_a_session_that_looks_on_sees_the_names_change(session: Session) -> None:
    session.approve(plan())
    session.consent(*MIRROR)
    session.start()
    session.wait()
    session.conversion.world.set(called=SWAPPED)
    assert "sdb is whole" in session.view().headline


def test_another_degraded_array_is_none_of_the_mirrors(conversion: Conversion) -> None:
    through(conversion)
    conversion.world.set(lacking=["md5"], holding=["md5 sdc sdd"])
    assert conversion.view().headline == "Mirrored. sda and sdb both hold the system."
    conversion.world.set(lacking=["md0", "md5"], holding=["sdb", "md5 sdc sdd"])
    assert conversion.view().headline.startswith("md0 has only one half in sync")


def test_qemu_that_is_installed_meanwhile_is_noticed(session: Session) -> None:
    session.conversion.world.set(lacks="Install qemu-system-x86.")
    session.approve(plan())
    session.consent(*MIRROR)
    session.start()
    assert session.wait().rehearse_hint == "Install qemu-system-x86."
    session.conversion.world.set(lacks="")
    assert session.view().rehearsable == ("MIR1",)


def test_an_undo_that_cannot_write_its_first_record_says_why(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_the_reboot(session.conversion)

    def full(*_args: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def undo_here(*_args: object) -> None:
        with monkeypatch.context() as patched:
            patched.setattr(Journal, "_write", full)
            UndoWorker(session.conversion.state, recipe(session.conversion.where / "effects"),
                       session.conversion.world.around(), QuietHost).run(lambda *_: ())

    monkeypatch.setattr(session, "_start_worker", undo_here)
    assert session.view().message == ""
    with pytest.raises(BootmirrorError, match="No space left") as refused:
        session.undo()
    assert not isinstance(refused.value, Refused)
    assert "No space left" in session.view().message


def test_commands_of_a_killed_worker_that_do_not_end_are_told(
    conversion: Conversion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whoever comes next, and again by the one after that."""
    conversion.approve(MIRROR)
    conversion.state.lock.write_text(f"4242 {conversion.world.around().boot_id()}\n")
    conversion.state.lock.chmod(0o600)
    monkeypatch.setattr("bootmirror.engine.leftovers.leftovers",
                        lambda leader: [4711] if leader == 4242 else [])
    for module in ("worker", "undoing"):
        monkeypatch.setattr(f"bootmirror.engine.{module}.wait_for_leftovers",
                            lambda held: wait_for_leftovers(held, patience=0.0))
    with pytest.raises(Refused):
        conversion.work()
    assert "4711" in conversion.view().message
    undo = UndoWorker(conversion.state, (), conversion.world.around(), QuietHost)
    with pytest.raises(Refused, match="4711"):
        undo.run(lambda *_: ())
    with pytest.raises(Refused, match="4711"):
        conversion.work()


def test_the_unfinished_mirror_wants_a_reboot_and_nothing_else(session: Session) -> None:
    session.approve(plan())
    session.consent(*MIRROR)
    session.conversion.work("final-copy")
    session.conversion.reboot(md=True)
    view = session.view()
    assert view.too_early and not view.undoing
    assert exit_code(view) == ExitCode.NEEDS_PERSON
    with pytest.raises(NeedsPerson, match="before the final copy"):
        session.start()
    assert not session.workers


def test_an_undo_that_failed_is_told_as_one(session: Session) -> None:
    at_the_reboot(session.conversion)
    session.conversion.trouble("undo")
    with pytest.raises(BootmirrorError, match="busy"):
        session.undo()
    assert session.view().undoing


def test_an_undo_without_the_mirror_says_what_is_left(conversion: Conversion) -> None:
    at_the_reboot(conversion)
    undo = UndoWorker(conversion.state, recipe(conversion.where / "effects"),
                      conversion.world.around(), QuietHost)
    assert undo.run(lambda *_: (NotBlank("sdb"),)) is ExitCode.DONE
    view = conversion.view()
    assert view.headline == "Undone, but sdb was not here and is not blank."
    assert view.next.startswith("Leave that disk out")
