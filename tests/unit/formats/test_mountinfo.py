"""What /proc/PID/mountinfo tells (proc(5))."""

from __future__ import annotations

from hypothesis import given

from bootmirror.formats.mountinfo import MountEntry, parse_mountinfo

from .texts import anything, soup

# The first is proc(5)'s own example.
LINES = (
    "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"
    "41 29 9:127 / /srv/a\\040b\\134040\rc rw - ext4 /dev/md127 rw\n"
)


def test_every_mount_with_what_it_is_of_and_where() -> None:
    assert parse_mountinfo(LINES) == (
        MountEntry(36, "98:0", "/mnt1", "/mnt2"),
        MountEntry(41, "9:127", "/", "/srv/a b\\040\rc"),
    )


def test_what_is_not_understood_is_passed_over() -> None:
    assert parse_mountinfo("\n36 35 98:0 /mnt1\nx 35 98:0 / /a rw\n36 35 98 / /a rw\n") == ()


@given(text=anything | soup("36 ", "35 98:0 ", "/ ", "/a\\040b ", "\\377", "rw - ", "\n"))
def test_nothing_makes_it_fail(text: str) -> None:
    for mount in parse_mountinfo(text):
        assert mount.target and ":" in mount.devno
