#!/bin/sh
# Runs once on the machine itself, started from outside without its boot loader: what can only be done
# by real root on the real disk. The image is finished after it.
set -eu
export LC_ALL=C.UTF-8
serial=$1
# A name that stays when disks change places, as Debian's installer records it.
disk=$(find /dev/disk/by-id -name "scsi-*$serial" | sort | head -n 1)
[ -n "$disk" ] || { ls -l /dev/disk/by-id; exit 1; }

echo "the initramfs, for this machine alone"
sed -i 's/^MODULES=.*/MODULES=dep/' /etc/initramfs-tools/initramfs.conf
update-initramfs -u -k all >/dev/null

echo "the boot loader"
printf 'grub-pc grub-pc/install_devices multiselect %s\n' "$disk" | debconf-set-selections
printf 'grub-pc grub-pc/install_devices_empty boolean false\n' | debconf-set-selections
grub-install "$disk" 2>&1
update-grub 2>&1

echo "the odd files"
mkdir /run/whole-root
mount --bind / /run/whole-root
python3 /run/odd_files.py /srv/odd /run/whole-root
cp /run/odd_files.py /boot/copy-on-boot
ln /boot/copy-on-boot /boot/linked-on-boot
setfattr -n user.note -v kept /boot/copy-on-boot
umount /run/whole-root

# What a first boot leaves behind once, so that later boots change little.
rm -rf /var/lib/systemd/random-seed /var/cache/debconf/*-old /root/.bash_history
fstrim -a || true
sync
