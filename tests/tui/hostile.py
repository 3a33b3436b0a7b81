"""Every screen and dialog, shown with hostile strings, and what must hold of what it paints."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import replace
from itertools import cycle
from typing import Any

from textual import events
from textual.screen import Screen

import tui.screens
from bootmirror.engine.session import StepActions
from bootmirror.engine.view import ConversionView, Phase
from bootmirror.errors import StepFailed
from bootmirror.formats.complaint import Complaint
from bootmirror.host.clean import visible
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Content, Disk, Machine, Partition
from bootmirror.plan.choices import Choices
from bootmirror.plan.model import Plan
from tests.hostile import faults_of
from tests.tui import rehearsals
from tests.tui.driving import Driven, opened
from tests.tui.fake import COPY, IDS, FakeSession
from tests.tui.rehearsals import MIRROR
from tui.glyphs import UNICODE, Glyphs
from tui.screens.changed import ChangedOnDisk
from tui.screens.choose import ChooseDisk
from tui.screens.configs import ConfigsScreen
from tui.screens.consent import Asked, Consent
from tui.screens.details import disk_details
from tui.screens.dialog import Confirm, Notice
from tui.screens.disks import DisksScreen
from tui.screens.reading import Reading
from tui.screens.rehearse import RehearseScreen
from tui.screens.review import ReviewScreen
from tui.screens.run import RunScreen
from tui.screens.too_small import TooSmall

# Each is known by what no screen of ours sends: the title, the clipboard, a colour, a bell.
HARMFUL = ("\x1b]0;owned\x07", "\x1b]52;c;b3duZWQ=\x07", "\x1b[38;5;201mowned", "\x9b7mowned",
           "\u202eowned", "[@click=app.quit]owned[/]", "\x1bcowned")
ABSTRACT = {"BaseScreen", "Dialog", "Modal"}


class HostileSession(FakeSession):
    """A session all of whose free strings are hostile, as they would be if nobody had cleaned them:
    the screens are the last gate."""

    def __init__(self, strings: Sequence[str]) -> None:
        super().__init__()
        self._strings = strings
        self._free = cycle(strings).__next__
        self.facts = self._poisoned(self.facts)

    def _poisoned(self, machine: Machine) -> Machine:
        free = self._free
        mounts = tuple(replace(m, target=f"/{free()}") if m.target == "/backup" else m
                       for m in machine.mounts)
        return replace(
            machine, hostname=free(), os_name=free(), kernel=free(), mounts=mounts,
            disks=tuple(self._disk(disk) for disk in machine.disks))

    def _disk(self, disk: Disk) -> Disk:
        free = self._free
        return replace(
            disk, model=free(), wwn=free(), by_id=(free(),), by_path=(free(),), transport=free(),
            serial=free() if disk.name == "sdc" else disk.serial, holders=(free(),),
            partitions=tuple(self._partition(p) for p in disk.partitions))

    def _partition(self, partition: Partition) -> Partition:
        free, content = self._free, partition.content or Content("")
        return replace(partition, label=free(), type=free(), holders=(free(),), content=replace(
            content, label=free(), kind=content.kind or free()))

    def view(self) -> ConversionView:
        view, free = super().view(), self._free
        if self.phase is Phase.NONE:
            return view
        progress = view.progress and replace(view.progress, text=free())
        return replace(
            view, headline=free(), next=free(), message=free(), hint=free(), progress=progress,
            output=tuple(free() for _ in range(9)),
            steps=tuple(replace(s, message=free(), hint=free()) for s in view.steps))

    def source_refusals(self, machine: Machine, disk_id: str) -> tuple[Refusal, ...]:
        found = super().source_refusals(machine, disk_id)
        return tuple(Refusal(r.code, self._free(), self._free()) for r in found)

    def mirror_refusals(self, machine: Machine, source_id: str, disk_id: str,
                        allow_removable: bool = False) -> tuple[Refusal, ...]:
        disk = machine.disk(disk_id)
        refused = disk is None or disk.name != "sdb"
        return (Refusal("mounted", self._free(), self._free()),) * 3 if refused else ()

    def plan(self, machine: Machine, choices: Choices) -> Plan:
        plan, free = super().plan(machine, choices), cycle(self._strings).__next__
        configs = []
        for config in plan.configs:
            text = f"{config.text}# {free()}\n{free()}\n"
            complaints = (Complaint(1, 2, free(), free()), Complaint(3, 400, free()))
            configs.append(replace(
                config, current=free(), generated=text, purpose=free(), effects=(free(),),
                text=dict(choices.edits).get(config.path, text), complaints=complaints))
        return replace(plan, configs=tuple(configs), hostname=free())

    def actions(self, machine: Machine, plan: Plan) -> tuple[StepActions, ...]:
        return tuple(replace(step, actions=(self._free(), self._free()), title=self._free())
                     for step in super().actions(machine, plan))

    def log_path(self) -> str:
        return self._free()


# -- the places -----------------------------------------------------------------------------------


Case = Callable[[Driven[HostileSession], Sequence[str]], AsyncIterator[None]]


async def _disks(driven: Driven[HostileSession], strings: Sequence[str]) -> AsyncIterator[None]:
    driven.app.go("disks")
    await driven.settle()
    yield


async def _choose(driven: Driven[HostileSession], strings: Sequence[str]) -> AsyncIterator[None]:
    state = driven.app.state
    driven.app.push_screen(ChooseDisk(
        state.glyphs, strings[0], state.machine.disks, state.facts.mirrors, ""))
    await driven.settle()
    for _ in state.machine.disks:
        yield
        await driven.press("down")


async def _configs(driven: Driven[HostileSession], strings: Sequence[str]) -> AsyncIterator[None]:
    driven.app.go("disks")
    await driven.press("enter")
    plan, screen = driven.app.state.plan, driven.app.screen
    assert plan is not None and isinstance(screen, ConfigsScreen)
    for number, config in enumerate(plan.configs):
        screen.at = number
        screen.paint()
        yield
        editor = screen.editor
        if editor is not None and editor.can_focus:
            await driven.press("e", "end", "down", "x")
            yield
            await driven.press("ctrl+z")
            # What cannot be shown is not touched.
            assert editor.text == config.text, f"{config.path} was changed by looking at it"
            await driven.press("ctrl+n")
            yield
            await driven.press("escape")


async def _changed(driven: Driven[HostileSession], strings: Sequence[str]) -> AsyncIterator[None]:
    state = driven.app.state
    plan = state.session.plan(state.machine, Choices("184732A", "184733C", strings[0]))
    files = tuple((c.path, f"{c.current}\n{strings[1]}") for c in plan.configs[:2])
    driven.app.push_screen(ChangedOnDisk(
        state.glyphs, replace(state.machine, files=files), plan.configs[:3]))
    await driven.settle()
    yield


async def _review(driven: Driven[HostileSession], strings: Sequence[str]) -> AsyncIterator[None]:
    state = driven.app.state
    plan = state.session.plan(state.machine, Choices("184732A", "184733C", strings[0]))
    steps = state.session.actions(state.machine, plan)
    driven.app.switch_screen(ReviewScreen(state, plan, steps))
    await driven.settle()
    yield
    await driven.press("pagedown")
    yield
    driven.app.go("disks")


async def _run(driven: Driven[HostileSession], strings: Sequence[str]) -> AsyncIterator[None]:
    session = driven.session
    session.failure = (strings[0], strings[1])
    for phase in (Phase.RUNNING, Phase.FAILED, Phase.CONSENT):
        session.stand(phase, COPY if phase is not Phase.CONSENT else 1, 0.5)
        session.facts = session._poisoned(session.facts)
        await driven.tell()
        yield
        await driven.press("enter")
        yield
        await driven.press("escape")
    await driven.press("l")
    yield
    session.stand(Phase.NONE)
    session._plan = None
    session.facts = session._poisoned(session.facts)
    await driven.tell()


async def _rehearse(driven: Driven[HostileSession], strings: Sequence[str]) -> AsyncIterator[None]:
    session, free = driven.session, cycle(strings).__next__
    session.stand(Phase.DONE, len(IDS) - 1)
    session.facts = session._poisoned(session.facts)
    driven.app.go("rehearse")
    for view in (rehearsals.running(MIRROR, 4), rehearsals.proved(MIRROR),
                 rehearsals.failed(MIRROR), rehearsals.stopped(rehearsals.running(MIRROR, 4))):
        session._rehearsed(replace(
            view, console=tuple(strings), reason=free(), hint=free(), accelerator=free()))
        await driven.tell()
        yield
        await driven.press("up")
        yield
    session.rehearse_hint = free()
    await driven.tell()
    yield
    await driven.press("escape")
    yield
    session.rehearse_hint, session.rehearsal, session.proofs = "", None, ()
    session.stand(Phase.NONE)
    session._plan = None
    session.facts = session._poisoned(session.facts)
    await driven.tell()


async def _reading(driven: Driven[HostileSession], strings: Sequence[str]) -> AsyncIterator[None]:
    state = driven.app.state
    driven.app.push_screen(Reading(
        state.glyphs, strings[0], lambda width: disk_details(state.machine, width)))
    await driven.settle()
    yield
    await driven.press("pagedown")
    yield


async def _consent(driven: Driven[HostileSession], strings: Sequence[str]) -> AsyncIterator[None]:
    state = driven.app.state
    for disk in (state.machine.disks[2], None):
        # Sentences of ours with a name in them: cleaned and bounded where it entered.
        bounded = [visible(text)[:200] for text in strings[:5]]
        asked = Asked(strings[0], bounded[1][:60], (bounded[2].strip() or "x")[:60], disk,
                      bounded[3], bounded[4])
        dialog = Consent(state.glyphs, asked)
        driven.app.push_screen(dialog)
        await driven.settle()
        yield
        dialog.field.focus()
        pasted = strings[3]
        if state.glyphs.ascii:  # the letters that are pasted are kept: an id may have them
            pasted = pasted.encode("ascii", "replace").decode()
        dialog.field.post_message(events.Paste(pasted))
        await driven.press("enter")
        assert dialog.is_current, "a dialog that erases was answered by what was pasted"
        yield
        assert dialog.extra_rows() + dialog.words.rows + 2 <= driven.app.size.height
        await driven.press("escape")


async def _notice(driven: Driven[HostileSession], strings: Sequence[str]) -> AsyncIterator[None]:
    driven.app.say(strings[0], *strings)
    await driven.settle()
    yield
    await driven.press("escape")
    driven.app.show_error(StepFailed(strings[0], strings[1]))
    await driven.settle()
    yield


async def _confirm(driven: Driven[HostileSession], strings: Sequence[str]) -> AsyncIterator[None]:
    driven.app.push_screen(Confirm(driven.app.state.glyphs, strings[0], strings[1], *strings[2:4]))
    await driven.settle()
    yield


async def _too_small(driven: Driven[HostileSession], strings: Sequence[str]) -> AsyncIterator[None]:
    driven.app.push_screen(TooSmall(driven.app.state.glyphs))
    await driven.settle()
    yield
    driven.app.pop_screen()


CASES: dict[type[Screen[Any]], Case] = {
    DisksScreen: _disks, ChooseDisk: _choose, Reading: _reading, ConfigsScreen: _configs,
    ChangedOnDisk: _changed, ReviewScreen: _review, Consent: _consent, Notice: _notice,
    Confirm: _confirm, RunScreen: _run, RehearseScreen: _rehearse, TooSmall: _too_small,
}


def screens() -> Iterator[type[Screen[Any]]]:
    """Every screen and dialog there is in tui/screens."""
    for found in pkgutil.iter_modules(tui.screens.__path__, "tui.screens."):
        for _, made in inspect.getmembers(importlib.import_module(found.name), inspect.isclass):
            if (issubclass(made, Screen) and made.__module__ == found.name
                    and made.__name__ not in ABSTRACT):
                yield made


# -- what must hold -------------------------------------------------------------------------------


async def losses(strings: Sequence[str], glyphs: Glyphs = UNICODE,
                 cases: Sequence[Case] = tuple(CASES.values())) -> list[str]:
    """Each place shown once with these strings; what does not hold there, a sentence each."""
    lost: list[str] = []
    async with opened(HostileSession(strings), glyphs=glyphs) as driven:
        for case in cases:
            async for _ in case(driven, strings):
                lost += [f"{driven.place}: {fault}" for fault in painted(driven, glyphs)]
            while len(driven.app.screen_stack) > 2:
                driven.app.pop_screen()
            await driven.settle()
        if not driven.app.is_running:
            lost.append("the screen has ended")
    return lost


def painted(driven: Driven[HostileSession], glyphs: Glyphs) -> Iterator[str]:
    """What is wrong with the cells on the screen now."""
    width = driven.app.size.width
    for y, strip in enumerate(driven.app.screen._compositor.render_strips()):
        if strip.cell_length != width:
            yield f"row {y} is {strip.cell_length} cells wide: {strip.text!r}"
        yield from (f"row {y}: {fault}" for fault in faults_of(strip.text))
        if glyphs.ascii and not strip.text.isascii():
            yield f"row {y} is not ASCII: {strip.text!r}"
        for segment in strip:
            style = segment.style
            if segment.control or (style and (style.link or "@click" in style.meta)):
                yield f"row {y}: {segment.text!r} does something"
