"""The console as lines: nothing of it reaches a terminal as a control sequence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bootmirror.rehearsal.console import LINES, LONGEST, WIDTH, Console
from tests.unit.rehearsal.consoles import EMERGENCY, GRUB, INITRAMFS_SHELL, SYSTEM


def shown(*pieces: bytes) -> tuple[str, ...]:
    console = Console()
    for piece in pieces:
        console.feed(piece)
    return console.lines


def test_what_a_boot_loader_draws_becomes_lines() -> None:
    assert shown(GRUB) == (
        "SeaBIOS (version 1.16.2-debian-1.16.2-1)", "Booting from Hard Disk...", "GRUB loading.",
        "Welcome to GRUB!", "Booting `Debian GNU/Linux'", "Loading Linux 6.1.0-40-amd64 ...",
        "Loading initial ramdisk ...",
    )


def test_the_frame_of_a_menu_is_left_out() -> None:
    assert shown(b"\x1b[4;2H+-------+\x1b[5;2H|       |\x1b[5;3H*Debian GNU/Linux\n") == (
        "*Debian GNU/Linux",)


def test_colours_are_taken_out() -> None:
    assert shown(SYSTEM)[-1] == "[  OK  ] Created slice system-getty.slice."
    assert "Dependency failed for gone.mount - /gone." in shown(EMERGENCY)[-6]


def test_a_line_that_is_not_at_its_end_is_shown_too() -> None:
    console = Console()
    console.feed(INITRAMFS_SHELL)
    assert console.last == "(initramfs)"
    console.feed(b"c")
    assert console.last == "(initramfs) c"


def test_a_line_begun_anew_shows_what_was_written_last() -> None:
    assert shown(b"  5 s left\r  4 s left\r  3 s left") == ("3 s left",)


def test_what_cannot_be_printed_is_escaped() -> None:
    assert shown(b"a\x07b\x9bc\xe2\x80\xaed\n") == (r"a\x07b�c\u202ed",)


@given(st.lists(st.binary(max_size=40), max_size=12))
def test_however_the_bytes_are_cut_the_lines_are_the_same(pieces: list[bytes]) -> None:
    assert shown(*pieces) == shown(b"".join(pieces))


@given(st.binary(max_size=400))
def test_every_line_is_printable(data: bytes) -> None:
    assert all(line.isprintable() and len(line) <= WIDTH for line in shown(data))


def test_it_holds_no_more_than_it_shows() -> None:
    console = Console()
    for _ in range(3):
        console.feed(b"x\n" * LINES)
        console.feed(b"y" * 3 * LONGEST)
    assert len(console.lines) <= LINES
    assert len(console._rest) <= LONGEST
