#!/bin/sh
# Lays the tree out on a disk image: MBR, /boot, / and swap. Called as root, or in a user namespace
# that looks like it. mke2fs fills the file systems itself, so there is no loop device and no mount.
#   layout.sh DISK.img WORKDIR < TREE.tar
# Beside DISK.img come vmlinuz and initrd.img. All three are there already, empty, and open to
# everybody, as WORKDIR is: the namespace's root is nobody to the user who started it.
# The numbers come in the environment: PRACTICE_{BOOT,ROOT,SWAP}_{START,SECTORS,UUID}.
set -eu
PATH=$PATH:/usr/sbin:/sbin
disk=$1 work=$2
# What is made in a user namespace belongs to ids that only the namespace can remove.
trap 'rm -rf "$work/root" "$work/boot" "$work/swap"' EXIT
mkdir -p "$work/root" "$work/boot"
# Device nodes cannot be made in a user namespace and are not needed: /dev is a devtmpfs at boot.
tar --extract --file - --directory "$work/root" --numeric-owner --preserve-permissions \
    --xattrs --xattrs-include='*' --exclude='./dev/*'
find "$work/root/boot" -mindepth 1 -maxdepth 1 -exec mv -t "$work/boot" {} +

truncate -s "$PRACTICE_DISK_BYTES" "$disk"
sfdisk --quiet "$disk" <<TABLE
label: dos
label-id: 0x$PRACTICE_DISK_ID
start=$PRACTICE_BOOT_START, size=$PRACTICE_BOOT_SECTORS, type=83, bootable
start=$PRACTICE_ROOT_START, size=$PRACTICE_ROOT_SECTORS, type=83
start=$PRACTICE_SWAP_START, size=$PRACTICE_SWAP_SECTORS, type=82
TABLE
# filled: directory, first sector, sectors, uuid
filled() {
    mke2fs -q -F -t ext4 -U "$4" -d "$1" -E "offset=$(($2 * 512))" "$disk" "$(($3 / 2))k"
}
filled "$work/boot" "$PRACTICE_BOOT_START" "$PRACTICE_BOOT_SECTORS" "$PRACTICE_BOOT_UUID"
filled "$work/root" "$PRACTICE_ROOT_START" "$PRACTICE_ROOT_SECTORS" "$PRACTICE_ROOT_UUID"
truncate -s $((PRACTICE_SWAP_SECTORS * 512)) "$work/swap"
chmod 600 "$work/swap"
mkswap -q -U "$PRACTICE_SWAP_UUID" "$work/swap"
dd if="$work/swap" of="$disk" bs=512 seek="$PRACTICE_SWAP_START" conv=notrunc,sparse status=none
# For the one boot without a boot loader.
cp "$work"/boot/vmlinuz-* "${disk%/*}/vmlinuz"
cp "$work"/boot/initrd.img-* "${disk%/*}/initrd.img"
