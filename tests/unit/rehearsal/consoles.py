"""What serial consoles showed, as they came: Debian 12 in QEMU, shortened in the middle."""

from __future__ import annotations

SEABIOS = (
    b"\x1bc\x1b[?7l\x1b[2J\x1b[0mSeaBIOS (version 1.16.2-debian-1.16.2-1)\r\n"
    b"Booting from Hard Disk...\r\n"
)
NO_BOOT_SECTOR = (
    SEABIOS + b"Boot failed: not a bootable disk\r\n\nBooting from Floppy...\r\n"
    b"Boot failed: could not read the boot disk\r\n\nNo bootable device.\r\n"
)
GRUB = (
    SEABIOS + b"GRUB loading.\r\nWelcome to GRUB!\r\n\r\n\x1b[2J\x1b[1;1H\x1b[1;1H\x1b[2J\x1b[1;1H"
    b"  Booting `Debian GNU/Linux'\r\n\r\nLoading Linux 6.1.0-40-amd64 ...\r\r\n"
    b"Loading initial ramdisk ...\r\r\n"
)
GRUB_RESCUE = (
    SEABIOS + b"GRUB loading.\r\nWelcome to GRUB!\r\n\r\n"
    b"error: disk `mduuid/9d0a1c4b8a47e1dd5b1d3c21f2a1bd04' not found.\r\n"
    b"Entering rescue mode...\r\ngrub rescue> "
)
KERNEL = (
    GRUB + b"[    0.000000] Linux version 6.1.0-40-amd64 (debian-kernel@lists.debian.org)\r\n"
    b"[    3.114907] md/raid1:md0: active with 1 out of 2 mirrors\r\n"
)
PANIC = (
    KERNEL + b"[    4.7] /bin/false: can't\r\n[    4.873211] Kernel panic - not syncing: Attempted "
    b"to kill init! exitcode=0x00000100\r\n[    4.9] CPU: 0 PID: 1 Comm: false\r\n"
    b"[    5.0] ---[ end Kernel panic - not syncing: Attempted to kill init! ]---\r\n"
)
NO_INITRAMFS = (
    SEABIOS + b"GRUB loading.\r\nWelcome to GRUB!\r\n\r\nerror: file `/initrd.img-6.1.0-40-amd64' "
    b"not found.\r\n\r\nPress any key to continue...\r\n"
    b"[    0.000000] Linux version 6.1.0-40-amd64\r\n"
    b"[    2.2] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\r\n"
)
INITRAMFS_SHELL = (
    GRUB + b"[    0.000000] Linux version 6.1.0-40-amd64\r\nLoading, please wait...\r\n"
    b"Begin: Waiting for root file system ... done.\r\n"
    b"Gave up waiting for root file system device.  Common problems:\r\n"
    b" - Boot args (cat /proc/cmdline)\r\n"
    b"ALERT!  UUID=9a1f3f04-2a6b-4b8c-8d0f-3be0a71c1e55 does not exist.  Dropping to a shell!\r\n"
    b"\r\n\r\nBusyBox v1.35.0 (Debian 1:1.35.0-4+deb12u1) built-in shell (ash)\r\n"
    b"Enter 'help' for a list of built-in commands.\r\n\r\n(initramfs) \x1b[6n"
)
ASKED = b"cat /proc/mdstat /proc/partitions\r\n"
DISKS = (
    b"major minor  #blocks  name\r\n\r\n   8        0    2492416 sda\r\n"
    b"   8        1     262144 sda1\r\n"
)
NO_MD_IN_IT = (
    INITRAMFS_SHELL + ASKED + b"cat: can't open '/proc/mdstat': No such file or directory\r\n"
    + DISKS + b"(initramfs) \x1b[6n"
)
NO_ARRAY_IN_IT = (
    INITRAMFS_SHELL + ASKED + b"Personalities : [raid1] \r\nunused devices: <none>\r\n"
    + DISKS + b"(initramfs) \x1b[6n"
)
NO_DISK_IN_IT = NO_ARRAY_IN_IT.replace(DISKS, b"")
# With panic= on the kernel's command line it restarts in place of the shell.
RESTARTED = INITRAMFS_SHELL[: INITRAMFS_SHELL.index(b"\r\n\r\nBusyBox")] + (
    b"Rebooting automatically due to panic= boot argument\r\n"
    b"[   40.1] reboot: Restarting system\r\n"
)
FOUND = b"[    1.913042] sd 0:0:0:0: [sda] 4984832 512-byte logical blocks: (2.55 GB/2.38 GiB)\r\n"
RESTARTED_WITH_DISK = RESTARTED.replace(b"Loading, please", FOUND + b"Loading, please")
# dracut with rd.shell=0 rd.emergency=reboot; its init is a systemd too.
DRACUT = (
    GRUB + b"[    0.000000] Linux version 6.1.0-40-amd64 root=/dev/sda1\r\n"
    b"[    1.904221] systemd[1]: Running in initrd.\r\n"
    b"[  181.6] dracut-initqueue[412]: Warning: dracut-initqueue: timeout, still waiting\r\n"
    b"[  182.1] dracut-initqueue[412]: Warning: Could not boot.\r\n"
    b"Warning: /dev/disk/by-uuid/9a1f3f04-2a6b-4b8c-8d0f-3be0a71c1e55 does not exist\r\n"
)
DRACUT_EMERGENCY = DRACUT + b"[  OK  ] Reached target emergency.target - Emergency Mode.\r\n"
SYSTEM = (
    KERNEL + b"[    6.020013] systemd[1]: Detected virtualization qemu.\r\n\r\n"
    b"Welcome to \x1b[1mDebian GNU/Linux 12 (bookworm)\x1b[0m!\r\n\r\n"
    b"[\x1b[0;32m  OK  \x1b[0m] Created slice \x1b[0;1;39msystem-getty.slice\x1b[0m.\r\n"
)
EMERGENCY = (
    SYSTEM + b"[\x1b[0;1;31m TIME \x1b[0m] Timed out waiting for device \x1b[0;1;39mdev-disk-by\\"
    b"x2duuid-0\xe2\x80\xa6.device\x1b[0m - /dev/disk/by-uuid/00000000-dead-4000-8000-000000000000"
    b".\r\n[\x1b[0;1;38;5;185mDEPEND\x1b[0m] Dependency failed for \x1b[0;1;39mgone.mount\x1b[0m -"
    b" /gone.\r\n[\x1b[0;1;38;5;185mDEPEND\x1b[0m] Dependency failed for \x1b[0;1;39mlocal-fs.tar"
    b"get\x1b[0m - Local File Systems.\r\nYou are in emergency mode. After logging in, type \"journ"
    b"alctl -xb\" to view\r\nsystem logs, \"systemctl reboot\" to reboot.\r\n"
    b"Give root password for maintenance\r\n(or press Control-D to continue): "
)
DATA_DISK = EMERGENCY.replace(b"gone", b"data")
LOGIN = SYSTEM + b"\r\nDebian GNU/Linux 12 web1 ttyS0\r\n\r\nweb1 login: "
UEFI_SHELL = (
    b"\x1b[2J\x1b[01;01H\x1b[=3h\x1b[2J\x1b[01;01HBdsDxe: failed to load Boot0001 \"UEFI QEMU HARD"
    b"DISK\" from PciRoot(0x0)/Pci(0x1F,0x2)/Sata(0x0,0xFFFF,0x0): Not Found\r\n"
    b"UEFI Interactive Shell v2.2\r\nEDK II\r\nShell> "
)
