#!/bin/sh
# Turns the freshly installed tree into the practice machine. mmdebstrap calls this with the tree as
# $1, after the packages are in. What needs a running machine is done later, by first_boot.sh.
set -eu
root=$1

# -- who is it ---------------------------------------------------------------------------------
echo practice > "$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 practice\n' > "$root/etc/hosts"
install -d -m 700 "$root/root/.ssh"
printf '%s\n' "$PRACTICE_PUBLIC_KEY" > "$root/root/.ssh/authorized_keys"
chmod 600 "$root/root/.ssh/authorized_keys"

# -- file systems ------------------------------------------------------------------------------
cat > "$root/etc/fstab" <<FSTAB
# /etc/fstab: static file system information.
#
# <file system> <mount point>   <type>  <options>       <dump>  <pass>
# / was on /dev/sda2 during installation
UUID=$PRACTICE_ROOT_UUID /               ext4    errors=remount-ro 0       1
# /boot was on /dev/sda1 during installation
UUID=$PRACTICE_BOOT_UUID /boot           ext4    defaults        0       2
# swap was on /dev/sda3 during installation
UUID=$PRACTICE_SWAP_UUID none            swap    sw              0       0
tmpfs           /tmp            tmpfs   mode=1777,nosuid,nodev 0   0
FSTAB

# -- boot loader: seen on the serial line, quick -----------------------------------------------
cat > "$root/etc/default/grub" <<'GRUB'
# If you change this file, run 'update-grub' afterwards to update
# /boot/grub/grub.cfg.
GRUB_DEFAULT=0
GRUB_TIMEOUT=1
GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`
GRUB_CMDLINE_LINUX_DEFAULT=""
GRUB_CMDLINE_LINUX="console=tty0 console=ttyS0,115200"
GRUB_TERMINAL="console serial"
GRUB_SERIAL_COMMAND="serial --unit=0 --speed=115200"
GRUB_DISABLE_OS_PROBER=true
GRUB

# -- initramfs: small, and quickly packed ------------------------------------------------------
# The first one only has to find the disk; first_boot.sh builds the real one, MODULES=dep.
sed -i 's/^MODULES=.*/MODULES=list/; s/^COMPRESS=.*/COMPRESS=zstd/; s/^#* *COMPRESSLEVEL=.*/COMPRESSLEVEL=1/' \
    "$root/etc/initramfs-tools/initramfs.conf"
cp "$root/etc/initramfs-tools/modules" "$root/etc/initramfs-tools/modules.debian"
printf 'virtio_pci\nvirtio_scsi\nsd_mod\next4\n' >> "$root/etc/initramfs-tools/modules"
chroot "$root" update-initramfs -c -k all >&2
mv "$root/etc/initramfs-tools/modules.debian" "$root/etc/initramfs-tools/modules"

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
cp -r --no-preserve=ownership "$PRACTICE_WHEELS/." "$root/opt/bootmirror/lib/python3.11/site-packages/"
chroot "$root" python3 -m compileall -q /opt/bootmirror/lib >/dev/null
cat > "$root/usr/local/sbin/bootmirror" <<'LAUNCHER'
#!/bin/sh
exec /opt/bootmirror/bin/python3 -I -m bootmirror "$@"
LAUNCHER
chmod 755 "$root/usr/local/sbin/bootmirror"

# -- leftovers of the build --------------------------------------------------------------------
rm -f "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap" \
    "$root/etc/resolv.conf"
rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*.bin "$root"/var/log/apt \
    "$root"/var/log/*.log
