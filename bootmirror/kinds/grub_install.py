"""GRUB's programs on the running system, so that a power cut finds all old files or all new ones.

grub-install removes GRUB's modules from /boot/grub and copies them there anew; grub-mkconfig
empties grub.cfg and writes it again. Nothing is flushed. Both disks read the same files there: cut
off in the middle, neither would boot.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bootmirror.actions.mounts import UnmountAll
from bootmirror.actions.report import Report
from bootmirror.errors import NotWritten
from bootmirror.host.host import Host
from bootmirror.host.in_place import replace_directory, replace_file
from bootmirror.kinds.grub import MENU

FILES = "/boot/grub"
NEW = ".bootmirror-new"


@dataclass(frozen=True)
class InstallGrub:
    """grub-install, onto copies of the directories with modules, which then take their place.

    While it runs the copies are mounted over those: it finds the right device and paths there.
    """

    arguments: tuple[str, ...]

    def describe(self) -> str:
        return (f"{shlex.join(('grub-install', *self.arguments))}; new modules in {FILES} take the "
                "place of the old ones when all are there")

    def perform(self, host: Host, report: Report) -> None:
        places = [f"{FILES}/{name}" for name in host.listing(FILES) if _has_modules(host, name)]
        try:
            for place in places:
                if host.exists(f"{place}{NEW}"):  # a worker was killed
                    UnmountAll(place).perform(host, report)
                    with _told(place):
                        shutil.rmtree(f"{place}{NEW}")
                host.run(["cp", "--archive", place, f"{place}{NEW}"])
            self._install(host, report, places)
            for place in places:
                with _told(place):
                    replace_directory(f"{place}{NEW}", place)
        finally:
            for place in places:
                shutil.rmtree(f"{place}{NEW}", ignore_errors=True)

    def _install(self, host: Host, report: Report, places: list[str]) -> None:
        try:
            for place in places:
                host.run(["mount", "--bind", "--make-private", f"{place}{NEW}", place])
            host.run(["grub-install", *self.arguments])
        finally:
            for place in places:
                UnmountAll(place).perform(host, report)


@dataclass(frozen=True)
class UpdateMenu:
    """update-grub, into a file that then takes the place of grub.cfg."""

    def describe(self) -> str:
        return f"update-grub; the new {MENU} takes the old one's place when it is complete"

    def perform(self, host: Host, report: Report) -> None:
        del report
        new = f"{MENU}{NEW}"
        try:
            # Of two the last one counts; update-grub itself gives grub.cfg.
            host.run(["update-grub", f"--output={new}"])
            if host.exists(new):  # else it is not Debian's update-grub, and has written the menu
                with _told(MENU):
                    replace_file(new, MENU)
        finally:
            for left in (new, f"{new}.new"):  # grub-mkconfig's own, too
                host.remove(left)


def _has_modules(host: Host, name: str) -> bool:
    return NEW not in name and any(
        file.endswith(".mod") for file in host.listing(f"{FILES}/{name}"))


@contextmanager
def _told(place: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotWritten(place, error) from error
