"""The switch: BOOTMIRROR_TEST_MUTATION names the one mutation that is on."""

from __future__ import annotations

import os

VARIABLE = "BOOTMIRROR_TEST_MUTATION"


def chosen() -> str:
    """The name of the mutation that is on; "" when the product is as it is."""
    return os.environ.get(VARIABLE, "")


def apply_chosen() -> None:
    """Break the product in this process as the switch says. Raises Inapplicable, KeyError."""
    name = chosen()
    if name:
        from tests.mutations.registry import by_name

        by_name(name).apply()
