"""Objects that several tests share."""

from bootmirror.formats.grub_custom import FirstBootEntry

ENTRY = FirstBootEntry(
    id="bootmirror-first-boot",
    title="First boot from the mirror (bootmirror)",
    boot_uuid="0b6b0a3e-8f1c-4f0e-9c57-0d5f7a1c2b3d",
    path_prefix="/boot",
    kernel="/boot/vmlinuz-6.1.0-30-amd64",
    initrd="/boot/initrd.img-6.1.0-30-amd64",
    cmdline="root=UUID=11111111-2222-3333-4444-555555555555 ro quiet console=ttyS0,115200",
    insmods=("part_msdos", "diskfilter", "mdraid1x", "ext2"),
)
