"""Frozen dataclasses to plain JSON values and back, by their type hints.

Only what the records of bootmirror use: str, int, float, bool, None, enums, tuples, nested
dataclasses and unions with None. A record from a newer or older version is refused by its schema
number before it comes here; an unknown or missing field is an error with its place named.
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from enum import Enum
from typing import Any, TypeVar, Union

from bootmirror.errors import UsageError

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """A JSON-ready copy: dataclasses become dicts, tuples lists, enums their values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, (tuple, list)):
        return [to_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    return value


def as_json(plain: Any, *, indent: int | None = None, sort_keys: bool = False) -> str:
    """JSON of printable ASCII (and newlines where it is indented): safe on any terminal."""
    text = json.dumps(plain, ensure_ascii=True, indent=indent, sort_keys=sort_keys)
    return text.replace("\x7f", "\\u007f")  # the one control character json lets through


def from_plain(cls: type[T], plain: Any, where: str = "") -> T:
    """Build ``cls`` from what ``to_plain`` gave. Raises UsageError naming the place that is off."""
    return typing.cast(T, _build(cls, plain, where or cls.__name__))


def _build(hint: Any, plain: Any, where: str) -> Any:  # noqa: PLR0911 - one for each kind
    origin = typing.get_origin(hint)
    if origin in (Union, types.UnionType):
        if plain is None:
            return None
        return _build(next(a for a in typing.get_args(hint) if a is not type(None)), plain, where)
    if origin is tuple:
        return _build_tuple(typing.get_args(hint), plain, where)
    if dataclasses.is_dataclass(hint):
        return _build_dataclass(hint, plain, where)
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(plain)
        except ValueError as error:
            raise UsageError(f"{where}: {plain!r} is not one of its values.") from error
    if hint is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if not isinstance(plain, hint) or (hint is int and isinstance(plain, bool)):
        raise UsageError(f"{where}: a {hint.__name__} is wanted, not {type(plain).__name__}.")
    return plain


def _build_tuple(args: tuple[Any, ...], plain: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(plain, list):
        raise UsageError(f"{where}: a list is wanted, not {type(plain).__name__}.")
    if len(args) == 2 and args[1] is Ellipsis:
        return tuple(_build(args[0], item, f"{where}[{i}]") for i, item in enumerate(plain))
    if len(args) != len(plain):
        raise UsageError(f"{where}: {len(args)} values are wanted, not {len(plain)}.")
    return tuple(
        _build(a, item, f"{where}[{i}]")
        for i, (a, item) in enumerate(zip(args, plain, strict=True))
    )


def _build_dataclass(cls: Any, plain: Any, where: str) -> Any:
    if not isinstance(plain, dict):
        raise UsageError(f"{where}: an object is wanted, not {type(plain).__name__}.")
    hints = typing.get_type_hints(cls)
    fields = {f.name: f for f in dataclasses.fields(cls)}
    unknown = set(plain) - set(fields)
    if unknown:
        raise UsageError(f"{where}: unknown field {sorted(unknown)[0]!r}.")
    values = {
        name: _build(hints[name], plain[name], f"{where}.{name}")
        for name in fields
        if name in plain
    }
    try:
        return cls(**values)
    except TypeError as error:
        raise UsageError(f"{where}: {error}.") from error
