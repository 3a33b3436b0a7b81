"""How many examples the property tests draw: HYPOTHESIS_PROFILE=ci for a thorough run."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

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
