"""A message that begins with an exception's class: an error of the program itself, no sentence."""

from __future__ import annotations

import builtins
import re

_NAMES = frozenset(name for name, found in vars(builtins).items()
                   if isinstance(found, type) and issubclass(found, BaseException))
_BEGINS = re.compile(r"(?P<name>[A-Za-z_][\w.]*): ")
_OTHERS = re.compile(r"(^|\.)(error|timeout|\w*(Error|Exception|Expired|Warning))$")


def own_error(message: str) -> bool:
    """Whether a sentence for a person is none, but what a step threw."""
    found = _BEGINS.match(message)
    return found is not None and (
        found["name"] in _NAMES or _OTHERS.search(found["name"]) is not None)
