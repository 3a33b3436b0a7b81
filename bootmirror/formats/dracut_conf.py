"""dracut.conf and the files in dracut.conf.d (dracut.conf(5)): shell, with ``NAME+=" words "``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bootmirror.formats.complaint import Complaint, Severity
from bootmirror.formats.shell_settings import lint_shell_settings, place_of
from bootmirror.formats.shell_words import Assignment, assignments

# Lists: dracut joins what is appended to them as it is, blanks or none.
LISTS = frozenset((
    "add_dracutmodules", "force_add_dracutmodules", "omit_dracutmodules", "dracutmodules",
    "add_drivers", "force_drivers", "omit_drivers", "drivers", "filesystems", "install_items",
    "install_optional_items", "kernel_cmdline", "add_device", "add_fstab", "fscks",
    "libdirs", "fw_dir",
))


@dataclass(frozen=True)
class DracutConf:
    """The file's text and the assignments in it."""

    text: str
    assignments: tuple[Assignment, ...]

    @classmethod
    def parse(cls, text: str) -> DracutConf:
        """Never raises: what is no assignment is kept and passed over."""
        return cls(text, tuple(assignments(text, appends=True)))

    def render(self) -> str:
        return self.text

    def get(self, name: str) -> str | None:
        """What the file makes of a setting that was empty before it; None when it has none."""
        value: str | None = None
        for found in self.assignments:
            if found.name == name:
                value = (value or "") + found.value if found.appends else found.value
        return value

    def words(self, name: str) -> tuple[str, ...]:
        return tuple((self.get(name) or "").split())


def lint_dracut_conf(text: str) -> tuple[Complaint, ...]:
    """What the shell, or dracut, would stumble over."""
    return tuple(sorted((*lint_shell_settings(text, appends=True), *_run_together(text))))


def _run_together(text: str) -> Iterator[Complaint]:
    for found in assignments(text, appends=True):
        bare = found.value.strip() and not (
            found.value[:1].isspace() and found.value[-1:].isspace())
        if found.appends and found.name in LISTS and bare:
            line, column = place_of(text, found.start)
            yield Complaint(
                line, column, f"The words added to {found.name} would run together with others",
                f'write {found.name}+=" {" ".join(found.value.split())} "', Severity.WARNING)
