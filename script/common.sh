# Sourced by script/test and script/demo: brings a bare Debian 12 to where the project can be run.
# Plain sh. Says what it does; needs root or sudo only to install packages; keeps what it builds in
# BOOTMIRROR_CACHE (by default ~/.cache/bootmirror).

# shellcheck disable=SC2034  # used by the scripts that source this
project=$(cd "$(dirname "$0")/.." && pwd)
cache=${BOOTMIRROR_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/bootmirror}
venv=$cache/venv
PATH=$PATH:/usr/sbin:/sbin
export PATH

say() { printf '== %s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

# Debian packages, with why.
packages="
ca-certificates     # fetching Python packages
python3             # bootmirror itself
python3-venv        # its own environment
python3-dev         # pyparted is compiled
gcc                 # pyparted is compiled
pkgconf             # pyparted is compiled
libparted-dev       # pyparted is compiled
mmdebstrap          # installs the practice machine's Debian into a directory
uidmap              # mmdebstrap as an ordinary user
qemu-system-x86     # runs the practice machine
qemu-utils          # its disk images
openssh-client      # the way into it
ovmf                # its UEFI firmware
e2fsprogs           # makes its file systems
xfsprogs            # the same, XFS
dosfstools          # the same, EFI system partitions
lvm2                # its volume groups
fdisk               # partitions its disk
user-mode-linux     # installs it; real md in seconds, for tests/lab
mdadm               # arrays, in tests/lab
grub-common         # reads what we write for GRUB, in tests/unit
rsync               # copies, in tests/lab
dmsetup             # failing disks, in tests/lab
kmod                # modules, in tests/lab
nbdkit              # disks with a volatile cache, in tests/lab
nbdkit-plugin-python  # the same
nbd-client          # the same
tmux                # a real terminal, for measurements and screenshots
btop                # what the bench measures the screen beside
procps              # watch, for the same
git                 # a clean clone, in the tests of the scripts
make                # the short way to all of this
"

package_names() { printf '%s\n' "$packages" | sed 's/ *#.*//' | tr '\n' ' '; }

missing_packages() {
    for name in $(package_names); do
        # shellcheck disable=SC2016  # dpkg-query's own format
        case $(dpkg-query --show --showformat '${db:Status-Status}' "$name" 2> /dev/null) in
            installed) ;;
            *) printf '%s ' "$name" ;;
        esac
    done
}

# as_root COMMAND…: directly, or by sudo.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo > /dev/null; then
        sudo "$@"
    else
        stop "Packages have to be installed, and that needs root: become root, or install sudo, and start again."
    fi
}

install_packages() {
    command -v apt-get > /dev/null ||
        stop "This is made for Debian 12: there is no apt-get here, so the packages in script/common.sh have to be installed by hand."
    wanted=$(missing_packages)
    [ -n "$wanted" ] || return 0
    say "installing Debian packages (once): $wanted"
    as_root apt-get update -q
    # shellcheck disable=SC2086  # a list of names
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $wanted
}

make_venv() {
    mkdir -p "$cache"
    stamp=$venv/bootmirror-stamp
    # The path is part of it: the project is installed from where it lies.
    sum=$({ cat "$project/pyproject.toml"; printf '%s' "$project"; } | sha256sum)
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ]; then
        return 0
    fi
    # Debian's own Python, whatever another one in PATH is.
    if [ ! -x "$venv/bin/python" ]; then
        say "making the Python environment $venv"
        /usr/bin/python3 -m venv "$venv"
    fi
    say "installing what the project needs into it (once, 1 minute)"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check wheel
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable "$project[dev]"
    printf '%s' "$sum" > "$stamp"
}

prepare() {
    install_packages
    make_venv
}
