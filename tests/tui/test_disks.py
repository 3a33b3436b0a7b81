"""The Disks screen and the choosing of disks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bootmirror.engine.view import Phase
from bootmirror.kinds.refusal import Refusal
from tests.tui import machines
from tests.tui.driving import opened
from tests.tui.fake import COPY, RESYNC, FakeSession, hostile


async def test_shows_both_disks_their_partitions_and_why_a_third_is_not_offered() -> None:
    async with opened(FakeSession()) as driven:
        text = driven.text
        assert "[1 Disks]" in text
        assert "Not mirrored. Nothing has been changed. Next: make the plan (enter)." in text
        for part in (
            "S/N 184732A",
            "S/N 184733C",
            "sda2 18.7 GB ext4 /",
            '"old-backup"',
            "none yet",
            "sdc1 is mounted on /backup",
        ):
            assert part in text


async def test_a_disk_that_is_refused_shows_its_sentence_and_cannot_be_chosen() -> None:
    async with opened(FakeSession()) as driven:
        text = await driven.press("m", "down")
        assert "Unmount it (umount /backup)" in text
        await driven.press("enter")
        assert driven.place == "ChooseDisk"
        await driven.press("up", "enter")
        assert driven.app.state.mirror_id == "184733C"


async def test_the_source_is_chosen_from_the_list_too() -> None:
    async with opened(FakeSession()) as driven:
        text = await driven.press("s", "down")
        assert "It does not hold the running system" in text
        await driven.press("escape")
        assert driven.place == "DisksScreen"
        assert driven.app.state.source_id == "184732A"


async def test_a_removable_disk_is_asked_about_once_more() -> None:
    session = FakeSession()
    first, second, third = session.facts.disks
    session.facts = replace(session.facts, disks=(first, replace(second, removable=True), third))
    async with opened(session) as driven:
        assert driven.app.state.mirror_id == ""
        assert "choose the mirror disk (m)" in driven.text
        text = await driven.press("m", "down", "enter")
        assert "A removable disk?" in text
        await driven.press("enter")  # No has the focus
        assert driven.app.state.mirror_id == ""
        await driven.press("m", "down", "enter", "right", "enter")
        assert driven.app.state.mirror_id == "184733C"
        await driven.press("enter")
        assert driven.app.state.choices is not None
        assert driven.app.state.choices.allow_removable


async def test_what_stands_in_the_way_of_every_disk_is_said_on_the_screen() -> None:
    session = FakeSession()
    missing = Refusal("missing-program", "mdadm is not installed.", "Install the package mdadm.")
    session.source_refusals = lambda machine, disk_id: (missing,)  # type: ignore[method-assign]
    async with opened(session) as driven:
        assert "IN THE WAY" in driven.text
        assert "mdadm is not installed. Install the package mdadm." in driven.text
        assert "Next: mend what stands in the way." in driven.text
        assert "Choose the source first" in await driven.press("m")


async def test_without_a_mirror_there_is_no_plan() -> None:
    session = FakeSession()
    session.facts = replace(session.facts, disks=session.facts.disks[:1])
    async with opened(session) as driven:
        assert "No disk can be the mirror" in driven.text
        text = await driven.press("enter")
        assert "No mirror is chosen" in text


async def test_once_planned_the_mirror_pane_shows_what_it_will_become() -> None:
    async with opened(FakeSession()) as driven:
        text = await driven.press("enter", "1")
        assert "will become" in text
        assert "sdb2 18.7 GB RAID md0 /" in text


async def test_details_list_every_name_of_a_disk() -> None:
    async with opened(FakeSession()) as driven:
        text = await driven.press("i")
        assert "/dev/disk/by-id/ata-QUANTUM_FB_20_184732A" in text
        await driven.press("escape")
        assert driven.place == "DisksScreen"


async def test_look_again_finds_a_disk_that_was_plugged_in() -> None:
    session = FakeSession()
    whole = session.facts
    session.facts = replace(whole, disks=whole.disks[:2])
    async with opened(session) as driven:
        assert "sdc" not in driven.text
        session.facts = whole
        await driven.press("ctrl+r")
        for _ in range(40):
            await driven.pilot.pause(0.05)
            if "sdc" in driven.text:
                break
        assert "sdc 4.0 TB" in driven.text


async def test_while_a_disk_is_rebuilt_its_array_shows_bar_speed_and_time_left() -> None:
    session = FakeSession().stand(Phase.RUNNING, RESYNC, 0.48)
    async with opened(session) as driven:
        text = await driven.press("1")
        assert "sda2 rebuilding" in text
        assert "48.0%  94 MB/s  1 min 43 s left" in text
        assert "[U_]" in text and "[UU]" in text


async def test_unreadable_places_are_shown_although_the_array_looks_whole() -> None:
    session = FakeSession().stand(Phase.DONE)
    array = session.facts.arrays[0]
    holed = replace(array.members[0], bad_blocks=3)
    session.facts = replace(
        session.facts,
        arrays=(replace(array, members=(holed, *array.members[1:])), machines.array(1)),
    )
    async with opened(session) as driven:
        assert "sdb2 has 3 unreadable places" in await driven.press("1")


async def test_disks_cannot_be_chosen_while_a_conversion_is_under_way() -> None:
    async with opened(FakeSession().stand(Phase.RUNNING, COPY)) as driven:
        await driven.press("1")
        assert "mirror" not in driven.footer
        assert "A conversion is under way" in await driven.press("m")


@pytest.mark.parametrize("keys", [(), ("m",), ("i",), ("enter",), ("enter", "enter", "enter")])
async def test_hostile_names_are_only_text(keys: tuple[str, ...]) -> None:
    session = hostile(FakeSession())
    async with opened(session) as driven:
        text = await driven.press(*keys)
        if keys != ("enter",):
            assert "[@click=app.quit]x[/]" in text
        assert driven.app.is_running
