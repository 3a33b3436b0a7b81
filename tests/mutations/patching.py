"""Exchanging a part of the product while a test runs."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

OURS = ("bootmirror", "tui", "tests", "__main__")


class Inapplicable(Exception):  # noqa: N818 - said of a mutation
    """The product has changed: what the mutation breaks is not there any more."""


def find(target: str) -> tuple[Any, str, Any]:
    """The owner, the name and the value of ``package.module:Class.attribute``.

    Raises Inapplicable where it is not there: a mutation that breaks nothing proves nothing.
    """
    module, _, path = target.partition(":")
    try:
        owner: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise Inapplicable(f"there is no module {module}") from error
    *between, name = path.split(".")
    for part in between:
        owner = _own(owner, part, target)
    return owner, name, _own(owner, name, target)


def swap(target: str, change: Callable[[Any], Any]) -> None:
    """Put ``change(original)`` in a target's place, also where it was imported by name before.

    Raises Inapplicable.
    """
    owner, name, original = find(target)
    broken = change(original)
    setattr(owner, name, broken)
    if isinstance(owner, ModuleType) and callable(original):
        for module in _loaded():
            for known, value in list(vars(module).items()):
                if value is original:
                    setattr(module, known, broken)


def nothing(_original: Any = None) -> Callable[..., None]:
    """In place of a function: one that does nothing."""
    return lambda *_args, **_named: None


def always(value: Any) -> Callable[[Any], Callable[..., Any]]:
    """In place of a function: one that gives this, whatever it is asked."""
    return lambda _original: lambda *_args, **_named: value


class Altered:
    """A module in which some names mean something else, for one of its users alone."""

    def __init__(self, module: ModuleType, **names: Any) -> None:
        self.__dict__.update(names)
        self._module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self._module, name)


def _own(owner: Any, name: str, target: str) -> Any:
    """An attribute of the owner's own, not one it inherits."""
    try:
        value = vars(owner)[name]
    except KeyError as error:
        raise Inapplicable(f"{target} is not there any more") from error
    return value


def _loaded() -> list[ModuleType]:
    return [module for name, module in list(sys.modules.items())
            if name.partition(".")[0] in OURS and isinstance(module, ModuleType)]
