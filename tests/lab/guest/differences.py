"""What a conversion itself changes among the small server's files, listed once."""

from __future__ import annotations

from tests.vm.manifest import MayDiffer

# What the copy has of its own once the configuration is written, and what mkfs makes.
WRITTEN = (
    MayDiffer("*/lost+found", "made by mkfs"),
    MayDiffer("/etc/fstab*", "by write-configs"),
    MayDiffer("/etc/raidtab*", "by write-configs"),
    MayDiffer("/etc/mdadm/*", "by write-configs"),
    MayDiffer("/etc/default/*", "by write-configs"),
    MayDiffer("/etc/initramfs-tools/*", "by write-configs"),
    MayDiffer("/var/lib/bootmirror*", "bootmirror's own state"),
    MayDiffer("/etc", "files in it are replaced", "mtime"),
    MayDiffer("/etc/mdadm", "files in it are replaced", "mtime"),
    MayDiffer("/etc/default", "files in it are replaced", "mtime"),
    MayDiffer("/var/lib", "bootmirror's state lies in it", "mtime"),
)
