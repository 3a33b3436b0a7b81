"""The recipe: every step, in order."""

from __future__ import annotations

from bootmirror.steps.add_source import AddSource
from bootmirror.steps.arm_first_boot import ArmFirstBoot
from bootmirror.steps.boot_loader_on_both import BootLoaderOnBoth
from bootmirror.steps.build_initramfs import BuildInitramfs
from bootmirror.steps.check import Check
from bootmirror.steps.confirm_first_boot import ConfirmFirstBoot
from bootmirror.steps.copy_system import CopySystem
from bootmirror.steps.create_arrays import CreateArrays
from bootmirror.steps.final_copy import FinalCopy
from bootmirror.steps.install_boot_loader import InstallBootLoader
from bootmirror.steps.make_filesystems import MakeFilesystems
from bootmirror.steps.partition_mirror import PartitionMirror
from bootmirror.steps.partition_source import PartitionSource
from bootmirror.steps.read_back_mirror import ReadBackMirror
from bootmirror.steps.reboot import Reboot
from bootmirror.steps.resync import Resync
from bootmirror.steps.step import Step
from bootmirror.steps.verify import Verify
from bootmirror.steps.write_configs import WriteConfigs

STEPS: tuple[Step, ...] = (
    Check(),
    PartitionMirror(),
    CreateArrays(),
    MakeFilesystems(),
    CopySystem(),
    WriteConfigs(),
    BuildInitramfs(),
    InstallBootLoader(),
    ArmFirstBoot(),
    FinalCopy(),
    Reboot(),
    ConfirmFirstBoot(),
    ReadBackMirror(),
    PartitionSource(),
    AddSource(),
    Resync(),
    BootLoaderOnBoth(),
    Verify(),
)
