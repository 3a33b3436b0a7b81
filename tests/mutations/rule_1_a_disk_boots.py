"""Rule 1: at every instant at least one disk holds a whole system that boots."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.mutations.mutation import Mutation
from tests.mutations.patching import always, nothing, swap

ORDER = "tests/unit/steps/test_order.py"
GUARDS = "tests/unit/steps/test_guards.py"
STALE = "tests/unit/engine/test_stale.py"
GRUB = "tests/unit/kinds/test_grub_install.py"
BESIDE = "tests/unit/actions/test_build_beside.py"
KILLED = "tests/unit/engine/test_killed.py"


def armed_before_the_copy() -> None:
    """The step that prepares the first boot chooses it too; the final copy comes later."""
    def change(actions: Any) -> Any:
        def armed(self: Any, plan: Any, machine: Any) -> Any:
            from bootmirror.kinds.boot_loaders import BOOT_LOADERS

            loader = BOOT_LOADERS[plan.boot_loader]
            return (*actions(self, plan, machine),
                    *loader.arm(plan.boot, plan.mirror.find(machine)))
        return armed
    swap("bootmirror.steps.arm_first_boot:ArmFirstBoot.actions", change)


def final_copy_with_the_boot_armed() -> None:
    def change(actions: Any) -> Any:
        def without_disarm(self: Any, plan: Any, machine: Any) -> Any:
            from bootmirror.kinds.boot_loaders import BOOT_LOADERS

            loader = BOOT_LOADERS[plan.boot_loader]
            disarm = loader.disarm(plan.boot, plan.mirror.find(machine))
            return tuple(a for a in actions(self, plan, machine) if a not in disarm)
        return without_disarm
    swap("bootmirror.steps.final_copy:FinalCopy.actions", change)


def wiped_before_its_boot_loader() -> None:
    """The old disk's partitions are erased while its first sector still boots them."""
    def change(actions: Any) -> Any:
        def loader_last(self: Any, plan: Any, machine: Any) -> Any:
            from bootmirror.kinds.boot_loaders import BOOT_LOADERS

            loader = BOOT_LOADERS[plan.boot_loader]
            own = loader.take_over(plan.boot, plan.source.find(machine))
            return (*(a for a in actions(self, plan, machine) if a not in own), *own)
        return loader_last
    swap("bootmirror.steps.partition_source:PartitionSource.actions", change)


def new_table_on_the_source() -> None:
    """A fresh table clears boot code and gap: the disk does not boot until GRUB is there again."""
    def change(actions: Any) -> Any:
        def fresh(self: Any, plan: Any, machine: Any) -> Any:
            return tuple(replace(a, keep=False) if hasattr(a, "keep") else a
                         for a in actions(self, plan, machine))
        return fresh
    swap("bootmirror.steps.partition_source:PartitionSource.actions", change)


def mirrors_boot_sector_too_early() -> None:
    """A BIOS that tries the mirror first would boot a copy that nobody has seen boot."""
    def change(into_copy: Any) -> Any:
        def with_sector(self: Any, boot: Any, mirror: Any) -> Any:
            return tuple(
                replace(a, argv=tuple(w for w in a.argv if w != "--no-bootsector"))
                if "--no-bootsector" in getattr(a, "argv", ()) else a
                for a in into_copy(self, boot, mirror))
        return with_sector
    swap("bootmirror.kinds.grub_bios:GrubBios.into_copy", change)


def record_before_the_work() -> None:
    """A finished step is not on the disks when the record of it is."""
    def change(init: Any) -> Any:
        def unsynced(self: Any, *arguments: Any, **named: Any) -> None:
            init(self, *arguments, **named)
            self._host.sync = nothing()
        return unsynced
    swap("bootmirror.engine.worker:Worker.__init__", change)


def modules_in_place() -> None:
    """grub-install as it comes: GRUB's modules are gone until the new ones are there."""
    def change(_original: Any) -> Any:
        def plainly(self: Any, host: Any, report: Any) -> None:
            del report
            host.run(["grub-install", *self.arguments])
        return plainly
    swap("bootmirror.kinds.grub_install:InstallGrub.perform", change)


def menu_in_place() -> None:
    """update-grub as it comes: grub.cfg is empty until it is written again."""
    def change(_original: Any) -> Any:
        def plainly(self: Any, host: Any, report: Any) -> None:
            del self, report
            host.run(["update-grub"])
        return plainly
    swap("bootmirror.kinds.grub_install:UpdateMenu.perform", change)


def late_files_before_it_stays() -> None:
    """What may fail comes first, and the boot loader that stays on the mirror behind it."""
    def change(actions: Any) -> Any:
        def stays_last(self: Any, plan: Any, machine: Any) -> Any:
            from bootmirror.kinds.boot_loaders import BOOT_LOADERS

            loader, home = BOOT_LOADERS[plan.boot_loader], plan.source.find(machine)
            stays = [a for a in actions(self, plan, machine)
                     if type(a) in {type(s) for s in loader.stay(plan.boot, home, "/boot")}]
            return (*(a for a in actions(self, plan, machine) if a not in stays), *stays)
        return stays_last
    swap("bootmirror.steps.confirm_first_boot:ConfirmFirstBoot.actions", change)


def initramfs_in_place() -> None:
    """As dracut does by itself."""
    def change(_original: Any) -> Any:
        def plainly(self: Any, kernels: Any) -> Any:
            from bootmirror.actions.commands import Command

            return tuple(Command(tuple(argv)) for argv in self.build(kernels))
        return plainly
    swap("bootmirror.kinds.dracut:Dracut.rebuild", change)


MUTATIONS = (
    Mutation(1, "armed-before-the-copy",
             "the one-shot boot is chosen before the final copy",
             armed_before_the_copy,
             f"{ORDER}::test_one_boot_is_chosen_and_last_of_all"),
    Mutation(1, "final-copy-with-the-boot-armed",
             "the final copy, made again, leaves the boot armed",
             final_copy_with_the_boot_armed,
             f"{GUARDS}::test_the_final_copy_first_takes_the_armed_boot_back"),
    Mutation(1, "wiped-before-its-boot-loader",
             "the old disk is wiped before it has the array's boot loader",
             wiped_before_its_boot_loader,
             f"{ORDER}::test_the_old_disk_boots_the_mirror_before_its_system_goes"),
    Mutation(1, "new-table-on-the-source",
             "the old disk gets a fresh table, without boot code",
             new_table_on_the_source,
             f"{ORDER}::test_the_old_disks_table_is_changed_in_place"),
    Mutation(1, "mirrors-boot-sector-too-early",
             "the mirror's boot sector is written before its first boot",
             mirrors_boot_sector_too_early,
             f"{ORDER}::test_no_bios_finds_a_boot_sector_on_the_mirror_before_it_has_booted"),
    Mutation(1, "torn-copy-taken-for-whole",
             "a copy that a power cut tore is gone on with",
             lambda: swap("bootmirror.engine.stale:torn_steps", always([])),
             f"{STALE}::test_a_copy_cut_off_by_a_power_cut_begins_with_new_file_systems"),
    Mutation(1, "record-before-the-work",
             "a step's record is written before its work is on the disks",
             record_before_the_work,
             f"{KILLED}::test_what_a_step_did_is_on_the_disks_before_the_record_of_it"),
    Mutation(1, "modules-in-place",
             "GRUB's modules are replaced while they are in use",
             modules_in_place,
             f"{GRUB}::test_the_modules_are_all_old_or_all_new_at_each_instant"),
    Mutation(1, "menu-in-place",
             "GRUB's menu is written over while it is in use",
             menu_in_place,
             f"{GRUB}::test_the_menu_is_the_old_one_until_the_new_one_is_whole"),
    Mutation(1, "initramfs-in-place",
             "dracut writes over the initramfs in use",
             initramfs_in_place,
             f"{BESIDE}::test_dracut_never_writes_to_the_image_in_use"),
    Mutation(1, "late-files-before-it-stays",
             "late files are kept before the machine stays on the mirror",
             late_files_before_it_stays,
             f"{ORDER}::test_the_machine_stays_on_the_mirror_before_late_files_are_kept"),
)
