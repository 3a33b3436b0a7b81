"""The tabs above the configuration files, where there are more than fit."""

from __future__ import annotations

import pytest

from tests.unit.plan.test_lilo import planned
from tui.text import width_of
from tui.widgets.config_lines import tab_line

PLAN = planned()


@pytest.mark.parametrize("at", range(len(PLAN.configs)))
@pytest.mark.parametrize("width", [40, 60, 200])
def test_the_present_file_is_always_among_them(at: int, width: int) -> None:
    tabs = tab_line(PLAN, lambda config: config.text, at, width)
    text = "".join(span.text for span in tabs)
    assert f"[{PLAN.configs[at].name}]" in text
    assert width_of(tabs) <= width
    whole = all(config.name in text for config in PLAN.configs)
    assert whole == ("…" not in text) == (width == 200)
