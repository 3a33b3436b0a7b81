"""A disk that does not give the journal: said in a sentence, never taken for "nothing was done"."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bootmirror.engine.lock import at_work
from bootmirror.errors import NotRead
from tests.unit.engine.conftest import MIRROR, Conversion

Dies = Callable[[str], None]


@pytest.fixture
def dies(monkeypatch: pytest.MonkeyPatch) -> Dies:
    """From now on files of that name give EIO, whichever way they are asked for."""

    def file(name: str) -> None:
        def failing(call: Callable[..., Any]) -> Callable[..., Any]:
            def asked(path: Any, *words: Any, **named: Any) -> Any:
                if isinstance(path, (str, Path)) and Path(path).name == name:
                    raise OSError(errno.EIO, os.strerror(errno.EIO), str(path))
                return call(path, *words, **named)

            return asked

        for call in ("stat", "lstat", "open"):
            monkeypatch.setattr(os, call, failing(getattr(os, call)))
        monkeypatch.setattr("io.open", failing(open))

    return file


@pytest.mark.parametrize("name", ["journal.jsonl", "plan.json", "worker.lock", "state"])
def test_a_reader_says_which_file_and_what_to_do(
    conversion: Conversion, dies: Dies, name: str
) -> None:
    conversion.approve(MIRROR)
    conversion.work()
    dies(name)
    with pytest.raises(NotRead, match=rf"{name} cannot be read: Input/output error") as found:
        conversion.view()
    assert "dmesg" in found.value.hint


def test_what_is_not_there_is_nothing(conversion: Conversion) -> None:
    assert conversion.view().plan_id == ""
    assert not at_work(conversion.state.lock)
