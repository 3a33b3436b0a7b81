"""What must come of a boot in which a fault happened: what is wrong about it, or ""."""

from __future__ import annotations

from collections.abc import Callable

from tests.faults.conversion import Boot


def told(boot: Boot) -> str:
    """It went well, or somebody who looks is told what happened and what to do."""
    if boot.told.get("code") in (0, 4):
        return ""
    stands = boot.told.get("stands", {})
    said = f"{boot.told.get('said', '')}{stands.get('message', '')}"
    return "" if said and stands.get("next") else f"it stops without a word: {boot.told}"


def failed_in(step: str, words: str) -> Callable[[Boot], str]:
    """The step fails, and says so in these words."""

    def look(boot: Boot) -> str:
        stands = boot.told.get("stands", {})
        said = f"{stands.get('headline')} {stands.get('message')}"
        right = stands.get("phase") == "failed" and step in said and words in said
        return "" if right else f"{step} did not fail with {words!r}: {boot.told}"

    return look
