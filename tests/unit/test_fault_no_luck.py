"""Faults with nobody to blame: how they are counted."""

from __future__ import annotations

from tests.faults.no_luck import told_of


def test_a_trial_is_a_line_that_begins_with_its_word() -> None:
    output = "refused one: 3 it is refused because\nit was refused \nlost []\nrefused two: 3 no\n"
    assert told_of("refused", output) == 2
    assert told_of("twice", 'twice ["check"]\ntwice ["verify"]\n') == 2
