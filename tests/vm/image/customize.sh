#!/bin/sh
# Turns the freshly installed tree into a practice machine's. mmdebstrap calls this with the tree as
# $1, after the packages are in. What depends on the machine's disk comes later, by installer.py.
set -eu
root=$1

# -- who is it ---------------------------------------------------------------------------------
echo practice > "$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 practice\n' > "$root/etc/hosts"
install -d -m 700 "$root/root/.ssh"
printf '%s\n' "$PRACTICE_PUBLIC_KEY" > "$root/root/.ssh/authorized_keys"
chmod 600 "$root/root/.ssh/authorized_keys"

# -- network: fixed, so that no lease is written -----------------------------------------------
cat > "$root/etc/systemd/network/10-practice.network" <<'NETWORK'
[Match]
Name=en*

[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
LinkLocalAddressing=no
NETWORK
chroot "$root" systemctl --quiet enable systemd-networkd

# -- quiet: what writes files by itself at odd times would blur the comparison -----------------
chroot "$root" systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
    e2scrub_all.timer e2scrub_reap.service fstrim.timer man-db.timer \
    systemd-networkd-wait-online.service systemd-pstore.service getty@tty1.service
install -d "$root/etc/systemd/journald.conf.d" "$root/etc/systemd/system/serial-getty@ttyS0.service.d"
printf '[Journal]\nStorage=volatile\n' > "$root/etc/systemd/journald.conf.d/practice.conf"
cat > "$root/etc/systemd/system/serial-getty@ttyS0.service.d/autologin.conf" <<'GETTY'
[Service]
ExecStart=
ExecStart=-/sbin/agetty --autologin root --keep-baud 115200 - $TERM
GETTY

# -- bootmirror's own environment: Textual, and Debian's python3-parted and python3-psutil -----
chroot "$root" python3 -m venv --system-site-packages --without-pip /opt/bootmirror
cp -r --no-preserve=ownership "$PRACTICE_WHEELS/." "$root"/opt/bootmirror/lib/python3.*/site-packages/
chroot "$root" python3 -m compileall -q /opt/bootmirror/lib >/dev/null

# -- initramfs: quickly packed. The first one fits every practice machine; those that the machine makes
# itself are for what it runs on, as they are much faster built under emulation ------------------
rm -f "$root"/boot/initrd.img-*
version=$(ls "$root/lib/modules")
drivers="virtio_pci virtio_scsi virtio_blk sd_mod ahci nvme ext4 xfs"
if [ -f "$root/etc/initramfs-tools/initramfs.conf" ]; then
    sed -i 's/^COMPRESS=.*/COMPRESS=zstd/; s/^#* *COMPRESSLEVEL=.*/COMPRESSLEVEL=1/' \
        "$root/etc/initramfs-tools/initramfs.conf"
    cp -p "$root/etc/initramfs-tools/modules" "$root/run/modules"
    # shellcheck disable=SC2086  # a list of names
    printf '%s\n' $drivers >> "$root/etc/initramfs-tools/modules"
    sed -i 's/^MODULES=.*/MODULES=list/' "$root/etc/initramfs-tools/initramfs.conf"
    chroot "$root" update-initramfs -c -k "$version"
    cp -p "$root/run/modules" "$root/etc/initramfs-tools/modules"
    rm "$root/run/modules"
    sed -i 's/^MODULES=.*/MODULES=dep/' "$root/etc/initramfs-tools/initramfs.conf"
else
    chroot "$root" dracut --force --no-hostonly --add-drivers "$drivers" \
        "/boot/initrd.img-$version" "$version"
fi

# -- the kernel: newer packages link /boot's files to /usr/lib/modules; /boot may be a file system --
find "$root/boot" -maxdepth 1 -type f -links +1 | while read -r file; do
    cp -p "$file" "$file.own"
    mv "$file.own" "$file"
done

# -- leftovers of the build --------------------------------------------------------------------
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap" \
    "$root/etc/resolv.conf"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/log/apt \
    "$root"/var/log/*.log
