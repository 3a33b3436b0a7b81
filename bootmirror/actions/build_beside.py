"""A file in use, built anew beside it and then put in its place."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.errors import NotWritten
from bootmirror.host.host import Host
from bootmirror.host.in_place import replace_file

NEW = ".bootmirror-new"
BESIDE = "{beside}"


@dataclass(frozen=True)
class BuildBeside:
    """For a program that writes over what is in use, or removes it when it fails."""

    argv: tuple[str, ...]  # BESIDE in it stands for the path to build at
    path: str

    @property
    def new(self) -> str:
        return self.path + NEW

    def _argv(self) -> list[str]:
        return [self.new if word == BESIDE else word for word in self.argv]

    def describe(self) -> str:
        return f"{shlex.join(self._argv())}; then put it in the place of {self.path}"

    def perform(self, host: Host, report: Report) -> None:
        del report
        try:
            host.run(self._argv())
            replace_file(self.new, self.path)
        except OSError as error:
            raise NotWritten(self.path, error) from error
        finally:
            host.remove(self.new)
