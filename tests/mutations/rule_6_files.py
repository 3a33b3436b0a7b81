"""Rule 6: files are replaced in one instant, for good, and the original is kept once."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.mutations.mutation import Mutation
from tests.mutations.patching import Altered, nothing, swap

HOST = "tests/unit/host/test_host.py"
ACTIONS = "tests/unit/steps/test_actions.py"


def os_without(*names: str) -> None:
    """take_place's own ``os`` with functions that do nothing."""
    swap("bootmirror.host.take_place:os",
         lambda real: Altered(real, **{name: nothing() for name in names}))


def written_in_place() -> None:
    def change(_write: Any) -> Any:
        def in_place(
                self: Any, target: Path, text: str, mode: int, _like: str, backup: bool) -> None:
            import os

            self.make_directory(target.parent)
            new = not target.exists()
            if backup and not new:
                self._keep_original(target)
            with target.open("wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))
                file.flush()
                os.fsync(file.fileno())
            if new:
                target.chmod(mode)
        return in_place
    swap("bootmirror.host.host:Host._write", change)


def original_overwritten() -> None:
    def change(_keep: Any) -> Any:
        def keep(_self: Any, target: Path) -> None:
            from bootmirror.host.host import original_of

            shutil.copy2(target, original_of(target), follow_symlinks=False)
        return keep
    swap("bootmirror.host.host:Host._keep_original", change)


def configuration_without_original() -> None:
    def change(_perform: Any) -> Any:
        def perform(self: Any, host: Any, _report: Any) -> None:
            if host.read(self.path) != self.text:
                host.write(self.path, self.text, mode=self.mode, like=self.like)
        return perform
    swap("bootmirror.actions.files:WriteFile.perform", change)


MUTATIONS = (
    Mutation(6, "written-in-place", "a file is written in place", written_in_place,
             f"{HOST}::test_a_write_that_fails_leaves_the_old_file_alone"),
    Mutation(6, "content-not-flushed", "the new content is not flushed before the name changes",
             lambda: os_without("fsync"),
             f"{HOST}::test_content_is_on_the_disk_before_the_name_and_the_name_before_the_end"),
    Mutation(6, "name-not-flushed", "the new name is not flushed to the directory",
             lambda: swap("bootmirror.host.take_place:sync_directory", nothing),
             f"{HOST}::test_content_is_on_the_disk_before_the_name_and_the_name_before_the_end"),
    Mutation(6, "mode-lost", "the mode of a replaced file is lost",
             lambda: os_without("fchmod"),
             f"{HOST}::test_a_replaced_file_keeps_its_mode_and_its_original_once"),
    Mutation(6, "owner-lost", "the owner of a replaced file is lost",
             lambda: os_without("fchown"),
             f"{HOST}::test_a_replaced_file_keeps_its_owner"),
    Mutation(6, "original-overwritten", "the second replacement overwrites the original kept",
             original_overwritten,
             f"{HOST}::test_a_replaced_file_keeps_its_mode_and_its_original_once"),
    Mutation(6, "original-not-kept", "configuration is replaced without keeping the original",
             configuration_without_original,
             f"{ACTIONS}::test_a_configuration_file_is_replaced_and_its_original_kept"),
)
