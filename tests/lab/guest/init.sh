# The lab machine's first process. A small script that lab.py writes sets the variables and sources
# this file; the root is then the host's own file tree, mounted read-only.
#
#   LAB_RESULTS  the one directory of the host that may be written; disk images lie in it too
#   LAB_MODULES  the kernel's modules, as the package has them
#   LAB_DISKS    words NAME:BYTES:SERIAL, in the order of the disks sda, sdb, ...
#   LAB_CACHE    "" (what a disk was told, it has), "lose" (it loses whatever was not flushed when the
#                power is cut), "reorder" (it loses some of that and keeps some), or "faulty" (as "lose",
#                with a device mapper's device of the disk's name below it, to be exchanged)
#   LAB_SEED     what such a cache draws from
#   LAB_ROOT     "host" (the host's files, read-only), "disk" (partition 2 of sda), "array", "volume"
#                (vg0/root), "new-volume" (vg0_mirror/root), or "firmware": what a BIOS and GRUB would
#                come to (guest/firmware.py)
#   LAB_REPO     the repository as the host names it
#   LAB_PYTHON   the interpreter as the host names it
#   LAB_ENTER    guest/enter.sh as the host names it
#   LAB_PROGRAMS guest/programs as the host names it: what stands in for boot loader and initramfs
#   LAB_MUTATION what is broken on purpose (tests/mutations), or ""
#   LAB_SCRIPT   what to run, as the host names it; LAB_ARGUMENTS its arguments
#
# Exit code and output of the script end up in $LAB_RESULTS/code and $LAB_RESULTS/output.

PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH

step() { echo "lab $(cut -d' ' -f1 /proc/uptime) $*"; }

give_up() {
    echo "the lab could not set itself up: $*"
    [ -d /run/results ] && echo "$*" >/run/results/broken
    echo o >/proc/sysrq-trigger
    sleep 60
}

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /run
mkdir -p /run/host /run/results /run/lock
mount -t hostfs none /run/results -o "$LAB_RESULTS" || give_up "no results directory"
mount --bind / /run/host
mount -o remount,bind,ro /run/host
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /mnt
mkdir -p /dev/shm
mount -t tmpfs tmpfs /dev/shm
: >/proc/sys/kernel/hotplug
hostname lab1
step mounted

mkdir -p /run/kmod/lib/modules
ln -s "$LAB_MODULES" "/run/kmod/lib/modules/${LAB_MODULES##*/}"
modprobe -d /run/kmod -a configfs target_core_mod target_core_file target_core_iblock tcm_loop \
    sd_mod md_mod raid1 dm_mod dm_dust dm_flakey dm_delay \
    overlay || give_up "modules"
modprobe -d /run/kmod nbd max_part=0 || give_up "nbd"
step modules

# udev's own modprobe would look into the host's module tree; nothing else needs loading.
/lib/systemd/systemd-udevd --daemon >/dev/null 2>&1 || give_up "udev"
udevadm control --property=LAB=1
mount -t configfs configfs /sys/kernel/config

# Disks: the kernel's own SCSI target, looped back. They have a model, a serial number and a WWN, and
# their content is a file of the results directory. One with a volatile write cache has a server
# between (guest/disk_cache.py): its cache is in this machine's memory, and goes with it.
TARGET=/sys/kernel/config/target
CHANCE=0
[ "$LAB_CACHE" = reorder ] && CHANCE=8

volatile() {  # NAME NUMBER
    nbdkit --unix "/run/nbd$2" \
        python "/run/host$LAB_PROGRAMS/../disk_cache.py" "file=/run/results/$1.img" chance=$CHANCE \
        "seed=$LAB_SEED $1.img" &&
        nbd-client -unix "/run/nbd$2" "/dev/nbd$2" -persist -block-size 512 >/run/nbd.log 2>&1
}

number=0
for disk in $LAB_DISKS; do
    name=${disk%%:*} rest=${disk#*:}
    bytes=${rest%%:*} serial=${rest#*:}
    if [ -n "$LAB_CACHE" ]; then
        volatile "$name" $number || give_up "cache of $name: $(cat /run/nbd.log)"
        store=$TARGET/core/iblock_$number/$name
        mkdir -p "$store"
        below=/dev/nbd$number
        if [ "$LAB_CACHE" = faulty ]; then
            dmsetup create "$name" --table "0 $((bytes / 512)) linear $below 0" || give_up "$name"
            below=/dev/mapper/$name
        fi
        echo "udev_path=$below" >"$store/control"
    else
        store=$TARGET/core/fileio_$number/$name
        mkdir -p "$store"
        echo "fd_dev_name=/run/results/$name.img,fd_dev_size=$bytes,fd_buffered_io=1" \
            >"$store/control"
    fi
    echo "$serial" >"$store/wwn/vpd_unit_serial"
    echo BOOTMIR >"$store/wwn/vendor_id"
    echo "LABDISK" >"$store/wwn/product_id"
    echo 1 >"$store/enable"
    port=$TARGET/loopback/naa.60014050000000$((10 + number))/tpgt_1
    mkdir -p "$port/lun/lun_0"
    echo "naa.60014050000001$((10 + number))" >"$port/nexus"
    ln -s "$store" "$port/lun/lun_0/port" || give_up "disk $name"
    number=$((number + 1))
done 2>/run/target.log
udevadm settle
step disks

# The array that holds the root, which is the largest: udev has started it, as at a real boot.
array_with_root() {
    lsblk --nodeps --noheadings --bytes --output SIZE,PATH /dev/md[0-9]* | sort -rn | {
        read -r _ path
        echo "$path"
    }
}

case $LAB_ROOT in
    disk) root=/dev/sda2 ;;
    volume) lvm vgchange --quiet --activate y vg0; udevadm settle; root=/dev/vg0/root ;;
    new-volume)
        lvm vgchange --quiet --activate y; udevadm settle; root=/dev/vg0_mirror/root ;;
    array) root=$(array_with_root) ;;
    firmware)
        root=$(PYTHONPATH="/run/host$LAB_REPO" PYTHONDONTWRITEBYTECODE=1 "/run/host$LAB_PYTHON" \
            "/run/host$LAB_PROGRAMS/../firmware.py" 2>/run/results/output) || {
            echo 66 >/run/results/code
            sync
            echo o >/proc/sysrq-trigger
            sleep 60
        } ;;
    *) root= ;;
esac

if [ "$LAB_ROOT" != host ]; then
    new=/mnt/new
    mkdir "$new" /run/usr /run/usr-work
    mount "$root" "$new" || give_up "root on $root: $(cat /proc/mdstat)"
    # The host's programs, with room on top to put stand-ins and to take programs away.
    mount -t overlay overlay -o lowerdir=/usr,upperdir=/run/usr,workdir=/run/usr-work \
        "$new/usr" || give_up "overlay on usr"
    mkdir -p "$new/usr/lib/modules"
    ln -s "$LAB_MODULES" "$new/usr/lib/modules/${LAB_MODULES##*/}"
    # What needs a real boot is tried in QEMU (tests/vm); here these only stand in.
    for program in "/run/host$LAB_PROGRAMS"/*; do
        cp "$program" "$new/usr/sbin/"
        rm -f "$new/usr/bin/${program##*/}"
    done
    mount --rbind /dev "$new/dev"
    mount -t proc proc "$new/proc"
    mount --rbind /sys "$new/sys"
    mount -t tmpfs tmpfs "$new/tmp"
    mount --make-rprivate /
    mount --rbind /run "$new/run" || give_up "run"
    step root
    # The namespace's root stays the host's tree; what runs below sees the disk's only.
    # /boot and swap come as its own fstab says.
    enter="unshare --mount --propagation unchanged --root=$new sh /run/host$LAB_ENTER"
else
    enter=""
fi

export PYTHONPATH="/run/host$LAB_REPO" PYTHONDONTWRITEBYTECODE=1 LC_ALL=C.UTF-8 HOME=/root
export BOOTMIRROR_TEST_MUTATION="$LAB_MUTATION"
# Else udevadm takes the new root for a chroot, and settle and trigger do nothing, without an error.
export SYSTEMD_IGNORE_CHROOT=1
cd /
# shellcheck disable=SC2086 - words are meant
$enter "/run/host$LAB_PYTHON" -W error "/run/host$LAB_SCRIPT" $LAB_ARGUMENTS \
    >/run/results/output 2>&1 </dev/null
code=$?
step "script ended with $code"
sync
echo "$code" >/run/results/code
dmesg >/run/results/dmesg
sync
echo o >/proc/sysrq-trigger
sleep 60
