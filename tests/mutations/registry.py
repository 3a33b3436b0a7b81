"""Every mutation, by rule (docs/design.md, "Rules that keep the data")."""

from __future__ import annotations

from tests.mutations import (
    rule_1_a_disk_boots,
    rule_2_source_untouched,
    rule_3_identity,
    rule_4_read_and_consent,
    rule_5_whole_mirror,
    rule_6_files,
    rule_7_first_boot,
    rule_8_stale_plan,
    rule_9_strangers,
)
from tests.mutations.mutation import Mutation

RULES = {
    1: "a disk boots at every instant",
    2: "the source is untouched",
    3: "a disk is known by its identity",
    4: "read back, and consent",
    5: "[UU] proves nothing",
    6: "files are replaced whole",
    7: "the first boot is one-shot",
    8: "a stale plan is refused",
    9: "nothing strange gets in",
}

MUTATIONS: tuple[Mutation, ...] = (
    *rule_1_a_disk_boots.MUTATIONS,
    *rule_2_source_untouched.MUTATIONS,
    *rule_3_identity.MUTATIONS,
    *rule_4_read_and_consent.MUTATIONS,
    *rule_5_whole_mirror.MUTATIONS,
    *rule_6_files.MUTATIONS,
    *rule_7_first_boot.MUTATIONS,
    *rule_8_stale_plan.MUTATIONS,
    *rule_9_strangers.MUTATIONS,
)


def by_name(name: str) -> Mutation:
    """Raises KeyError where there is no such mutation."""
    return {mutation.name: mutation for mutation in MUTATIONS}[name]
