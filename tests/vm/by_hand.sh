#!/bin/sh
# The recipe by hand: what a careful person would type on the practice machine, without bootmirror.
# It is the measure in `make bench`, and the proof that the practice machine can be converted at all.
#
#   by_hand.sh before SOURCE MIRROR    up to the reboot
#   by_hand.sh after  SOURCE MIRROR    from there to the end, once the array runs the machine
#
# SOURCE and MIRROR are the serial numbers. Each phase prints "phase NAME SECONDS" when it is over;
# the names are those of bootmirror's steps.
set -eu
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
half=$1
disk() { lsblk --nodeps --noheadings --raw --paths --output NAME,SERIAL | awk -v s="$1" '$2 == s { print $1 }'; }
by_id() { find /dev/disk/by-id -name "scsi-*$1" | sort | head -n 1; }
source=$(disk "$2") mirror=$(disk "$3")
target=/run/by-hand-target

now() { cut -d ' ' -f 1 /proc/uptime; }
began=$(now)
over() {
    ended=$(now)
    echo "phase $1 $(echo "$ended $began" | awk '{ printf "%.2f", $1 - $2 }')"
    began=$(now)
}

partition_like() {  # FROM ONTO: the same layout, RAID types
    sfdisk --dump "$1" | sed -e '/^label-id:/d' -e '/^device:/d' -e "s#^$1#$2#" -e 's/type=83/type=fd/' |
        sfdisk --quiet --wipe always --wipe-partitions always "$2"
    udevadm settle
}

before() {
    partition_like "$source" "$mirror"
    over partition-mirror

    mdadm --quiet --create /dev/md0 --run --level=1 --raid-devices=2 --metadata=1.2 \
        --bitmap=internal ${HOMEHOST:+--homehost=$HOMEHOST} "${mirror}2" missing
    mdadm --quiet --create /dev/md1 --run --level=1 --raid-devices=2 --metadata=1.2 \
        --bitmap=internal ${HOMEHOST:+--homehost=$HOMEHOST} "${mirror}1" missing
    over create-arrays

    mkfs.ext4 -q /dev/md0
    mkfs.ext4 -q /dev/md1
    mkswap -q "${mirror}3"
    over make-filesystems

    mkdir -p $target /run/by-hand-root /run/by-hand-boot
    mount /dev/md0 $target
    mount --bind / /run/by-hand-root
    cp -ax /run/by-hand-root/. $target/
    mount /dev/md1 $target/boot
    mount --bind /boot /run/by-hand-boot
    cp -ax /run/by-hand-boot/. $target/boot/
    umount /run/by-hand-root /run/by-hand-boot
    sync
    over copy-system

    for what in "$(findmnt -no UUID /) $(blkid -o value -s UUID /dev/md0)" \
        "$(findmnt -no UUID /boot) $(blkid -o value -s UUID /dev/md1)" \
        "$(blkid -o value -s UUID "${source}3") $(blkid -o value -s UUID "${mirror}3")"; do
        sed -i "s/${what% *}/${what#* }/" $target/etc/fstab
    done
    # Without it a boot waits 90 s for the swap of a disk that is gone.
    sed -i '/\sswap\s/s/\bsw\b/sw,nofail/' $target/etc/fstab
    { printf 'HOMEHOST <system>\nMAILADDR root\n'; mdadm --detail --scan; } > $target/etc/mdadm/mdadm.conf
    over write-configs

    for dir in dev proc sys run; do mount --rbind --make-rslave /$dir $target/$dir; done
    chroot $target update-initramfs -u -k "$(uname -r)" > /dev/null
    over build-initramfs

    chroot $target grub-install "$mirror" > /dev/null 2>&1
    chroot $target update-grub > /dev/null 2>&1
    over install-boot-loader

    boot=$(blkid -o value -s UUID /dev/md1) root=$(blkid -o value -s UUID /dev/md0)
    cat > /boot/grub/custom.cfg <<GRUB
set fallback=0
menuentry 'The mirror, once' --id by-hand-once {
    insmod part_msdos
    insmod mdraid1x
    insmod ext2
    search --no-floppy --fs-uuid --set=root $boot
    linux /vmlinuz-$(uname -r) root=UUID=$root ro console=tty0 console=ttyS0,115200 panic=5
    initrd /initrd.img-$(uname -r)
}
GRUB
    grub-reboot by-hand-once
    for dir in dev proc sys run; do umount --recursive --lazy $target/$dir; done
    umount $target/boot $target
    sync
    over arm-first-boot
}

after() {
    case $(findmnt -no SOURCE /) in /dev/md*) ;; *) echo "the root is not on an array" >&2; exit 1 ;; esac
    root_array=$(findmnt -no SOURCE /) boot_array=$(findmnt -no SOURCE /boot)
    umount "${source}1" 2> /dev/null || true
    partition_like "$mirror" "$source"
    mkswap -q "${source}3"
    over partition-source

    echo 2000000 > /proc/sys/dev/raid/speed_limit_max
    mdadm --quiet "$root_array" --add "${source}2"
    mdadm --quiet "$boot_array" --add "${source}1"
    over add-source

    while grep -qE 'recovery|resync' /proc/mdstat; do sleep 0.5; done
    over resync

    update-initramfs -u -k "$(uname -r)" > /dev/null
    grub-install "$source" > /dev/null 2>&1
    grub-install "$mirror" > /dev/null 2>&1
    printf 'grub-pc grub-pc/install_devices multiselect %s, %s\n' "$(by_id "$2")" "$(by_id "$3")" |
        debconf-set-selections
    update-grub > /dev/null 2>&1
    sync
    over boot-loader-on-both
}

$half "$@"
