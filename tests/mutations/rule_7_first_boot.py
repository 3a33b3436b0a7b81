"""Rule 7: the first boot is one-shot and falls back by itself."""

from __future__ import annotations

from typing import Any

from tests.mutations.mutation import Mutation
from tests.mutations.patching import always, swap

ORDER = "tests/unit/steps/test_order.py"
FIRST_BOOT_UNITS = "tests/unit/steps/test_first_boot_units.py"
PLANNER = "tests/unit/plan/test_planner.py"
PHASES = "tests/unit/engine/test_phases.py"


def armed_with(target: str, *argv: str) -> None:
    """The boot loader is told so instead."""
    def change(_arm: Any) -> Any:
        def arm(_self: Any, _boot: Any, _mirror: Any) -> Any:
            from bootmirror.actions.commands import command

            return (command(*argv),)
        return arm
    swap(f"{target}.arm", change)


def first_in_the_firmwares_order() -> None:
    def change(_arm: Any) -> Any:
        def arm(_self: Any, _boot: Any, mirror: Any) -> Any:
            from bootmirror.kinds.nvram import BootFirst, label_of

            return (BootFirst(label_of(mirror)),)
        return arm
    swap("bootmirror.kinds.grub_efi:GrubEfi.arm", change)


def without_the_fall_back_unit() -> None:
    def change(texts: Any) -> Any:
        def one() -> dict[str, str]:
            from bootmirror.steps.first_boot_units import FALL_BACK

            return {name: text for name, text in texts().items() if name != FALL_BACK}
        return one
    swap("bootmirror.steps.first_boot_units:_texts", change)


def fall_back_unit_not_wanted() -> None:
    """It is there, and systemd never starts it."""
    swap("bootmirror.steps.first_boot_units:UNITS", lambda _units: "/etc/bootmirror/units")


def content_with_an_emergency() -> None:
    def change(texts: Any) -> Any:
        return lambda: {name: text.replace("running|degraded)", "running|degraded|maintenance)")
                        for name, text in texts().items()}
    swap("bootmirror.steps.first_boot_units:_texts", change)


def a_panic_that_stays() -> None:
    def change(words: Any) -> Any:
        return lambda *given: words(*given).replace("panic=5", "panic=0")
    swap("bootmirror.formats.grub_custom:_kernel_words", change)


MUTATIONS = (
    Mutation(7, "default-for-good-grub", "GRUB's default is set in place of one boot",
             lambda: armed_with("bootmirror.kinds.grub_bios:GrubBios", "grub-set-default",
                                "bootmirror-first-boot"),
             f"{ORDER}::test_one_boot_is_chosen_and_last_of_all"),
    Mutation(7, "default-for-good-lilo", "LILO's map is made for good in place of one boot",
             lambda: armed_with("bootmirror.kinds.lilo:Lilo", "lilo", "-C",
                                "/etc/lilo.bootmirror.conf"),
             f"{ORDER}::test_one_boot_is_chosen_and_last_of_all"),
    Mutation(7, "default-for-good-uefi", "the firmware's order is changed in place of BootNext",
             first_in_the_firmwares_order,
             f"{ORDER}::test_one_boot_is_chosen_and_last_of_all"),
    Mutation(7, "without-the-fall-back-unit", "the unit that falls back is left out",
             without_the_fall_back_unit,
             f"{FIRST_BOOT_UNITS}::test_both_are_written_into_the_copy_and_started_at_its_first_boot"),
    Mutation(7, "fall-back-unit-not-started", "the unit that falls back is never started",
             fall_back_unit_not_wanted,
             f"{FIRST_BOOT_UNITS}::test_both_are_written_into_the_copy_and_started_at_its_first_boot"),
    Mutation(7, "content-with-an-emergency",
             "the unit that falls back takes an emergency prompt for a system that is up",
             content_with_an_emergency,
             f"{FIRST_BOOT_UNITS}::test_it_goes_back_only_where_nobody_can_log_in"),
    Mutation(7, "a-panic-that-stays", "a kernel that finds no root waits for a person",
             a_panic_that_stays,
             f"{PLANNER}::test_the_first_boot_entry_loads_the_copys_kernel"),
    Mutation(7, "fall-back-not-noticed", "a fall-back goes unnoticed",
             lambda: swap("bootmirror.engine.phases:fell_back", always(False)),
             f"{PHASES}::test_back_on_the_old_disk_it_says_why"),
)
