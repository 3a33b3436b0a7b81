"""Debian's initramfs-tools (initramfs-tools(7), update-initramfs(8))."""

from __future__ import annotations


class InitramfsTools:
    """initramfs-tools with mdadm's hook."""

    programs: tuple[str, ...] = ("update-initramfs", "lsinitramfs")
    resume_path = "/etc/initramfs-tools/conf.d/resume"
    generated: tuple[str, ...] = ("/boot/initrd.img-*", "/var/lib/initramfs-tools/*")

    def resume_settings(self) -> str:
        # A RESUME device on a disk that died would hold up every boot by half a minute.
        return "RESUME=none\n"

    def build(self) -> list[str]:
        return ["update-initramfs", "-u", "-k", "all"]

    def image(self, kernel: str) -> str:
        return f"/boot/initrd.img-{kernel}"

    def listing(self, image: str) -> list[str]:
        return ["lsinitramfs", image]

    def missing(self, listing: str) -> tuple[str, ...]:
        names = {line.strip() for line in listing.splitlines()}
        wanted = {
            "the kernel module raid1": any("/raid1.ko" in name for name in names),
            "the program mdadm": bool(names & {"sbin/mdadm", "usr/sbin/mdadm"}),
            "mdadm.conf": "etc/mdadm/mdadm.conf" in names,
        }
        return tuple(what for what, there in wanted.items() if not there)
