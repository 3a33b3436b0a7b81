"""What must come of a boot in which a fault happened: what is wrong about it, or ""."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.faults.conversion import Boot
from tests.faults.own_errors import own_error

_FINISHED = re.compile(r"^record \S+ finished (.*)$", re.M)


def told(boot: Boot) -> str:
    """It went well, or somebody who looks is told what happened and what to do."""
    if boot.told.get("code") in (0, 4):
        return ""
    stands = boot.told.get("stands", {})
    said = f"{boot.told.get('said', '')}{stands.get('message', '')}"
    right = said and not own_error(said) and stands.get("next")
    return "" if right else f"it stops without a word: {boot.told}"


def goes_on(boot: Boot) -> str:
    """It goes on as if nothing were."""
    return "" if boot.told.get("code") in (0, 4) else f"this stops it: {boot.told}"


def failed_in(step: str, words: str) -> Callable[[Boot], str]:
    """The step fails, and says so in these words."""

    def look(boot: Boot) -> str:
        stands = boot.told.get("stands", {})
        message = str(stands.get("message", ""))
        said = f"{stands.get('headline')} {message}"
        right = (stands.get("phase") == "failed" and not own_error(message)
                 and step in said and words in said)
        return "" if right else f"{step} did not fail with {words!r}: {boot.told}"

    return look


def named(program: str) -> Callable[[Boot], str]:
    """Whoever looks is told of a program that is missing, whether it goes on without or stops."""

    def look(boot: Boot) -> str:
        wrong = told(boot)
        stands = boot.told.get("stands", {})
        said = f"{boot.told.get('said', '')}{stands.get('message', '')}{_results(boot)}"
        return wrong or ("" if program in said else f"nobody is told that {program} is missing: "
                                                    f"{boot.told}")

    return look


def _results(boot: Boot) -> str:
    """What each step told of itself as it finished."""
    return "".join(_FINISHED.findall(boot.output))
