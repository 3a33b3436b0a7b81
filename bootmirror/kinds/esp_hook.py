"""What keeps the EFI system partitions alike afterwards: a script that dpkg runs.

Packages update the one that is mounted at /boot/efi; the other disk would be left with an older
boot loader, or one that does not match the modules in /boot.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from bootmirror.formats.efi_names import efi_names

SCRIPT_PATH = "/etc/bootmirror/keep-esps-alike"
CONF_PATH = "/etc/dpkg/dpkg.cfg.d/bootmirror-esps"


def hook_conf() -> str:
    """dpkg.cfg(5): a failing hook would fail dpkg itself."""
    return ("# Written by bootmirror: keeps the EFI system partitions of both disks alike.\n"
            f'post-invoke="if [ -x {SCRIPT_PATH} ]; then {SCRIPT_PATH} || true; fi"\n')


def hook_script(partuuids: Sequence[str], directory: str, architecture: str) -> str:
    """The script, for these partitions (PARTUUIDs: both have one volume id) and the boot loader's
    directory below EFI. ``architecture``: as uname says it."""
    names = " ".join(shlex.quote(uuid) for uuid in partuuids)
    own = efi_names(architecture)
    grub, shim = f"grub{own.suffix}.efi", f"shim{own.suffix}.efi"
    place = shlex.quote(directory)
    return f"""\
#!/bin/sh
# Written by bootmirror: gives every EFI system partition the boot loaders of the mounted one; where
# that one is older than what is installed (its disk was out for a while), it gets the other's.
# dpkg runs it after each change of packages (see {CONF_PATH}).
set -eu
installed() {{
    shim=/usr/lib/shim/{shim}.signed
    if [ -e "$shim" ] && [ -e "$1/"{place}/{shim} ]; then
        cmp -s "$shim" "$1/"{place}/{shim} || return 1
    fi
    for image in /boot/grub/{own.format}/core.efi \\
        /usr/lib/grub/{own.format}-signed/{grub}.signed; do
        cmp -s "$image" "$1/"{place}/{grub} && return 0
    done
    return 1
}}
mounted=$(findmnt --noheadings --output SOURCE --mountpoint /boot/efi) || exit 0
for partuuid in {names}; do
    other=$(readlink -f "/dev/disk/by-partuuid/$partuuid")
    [ -b "$other" ] && [ "$other" != "$mounted" ] || continue
    place=$(mktemp -d)
    if mount -o quiet "$other" "$place"; then
        from=/boot/efi/EFI to=$place/EFI
        if ! installed "$from" && installed "$to"; then
            from=$place/EFI to=/boot/efi/EFI
        fi
        rsync --recursive --times --modify-window=2 --delete --exclude=grubenv \\
            "$from/" "$to/" ||
            echo "bootmirror: $to is not up to date" >&2
        umount "$place"
    fi
    rmdir "$place"
done
"""
