"""For the whole suite: how many examples property tests draw (HYPOTHESIS_PROFILE=ci: many), and
whether the product is as it is or has one of its rules broken (tests/mutations)."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.mutations import switch

# No deadline: two cores are shared with virtual machines, and a slow moment is no failure.
settings.register_profile("default", max_examples=100, deadline=None)
settings.register_profile(
    "ci", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("HYPOTHESIS_PROFILE") == "ci" else "default")


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    """The usual one, whatever the caller has and whatever bootmirror itself makes of it."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def pytest_configure() -> None:
    switch.apply_chosen()


def pytest_report_header() -> list[str]:
    name = switch.chosen()
    return [f"BROKEN ON PURPOSE: {name}"] if name else []
