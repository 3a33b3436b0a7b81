"""dracut, as Debian packages it in place of initramfs-tools (dracut.conf(5), dracut.cmdline(7))."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bootmirror.actions.action import Action
from bootmirror.actions.build_beside import BESIDE, BuildBeside
from bootmirror.formats.complaint import Complaint
from bootmirror.formats.dracut_conf import lint_dracut_conf
from bootmirror.kinds.initramfs_tools import CONFIGS, lacking
from bootmirror.kinds.refusal import Refusal
from bootmirror.machine.model import Machine


class Dracut:
    """dracut with its mdraid module, which it leaves out when the root it runs from has no md."""

    programs: tuple[str, ...] = ("dracut", "lsinitrd")
    settings_path = "/etc/dracut.conf.d/60-bootmirror.conf"
    user_settings: tuple[str, ...] = ("/etc/dracut.conf", "/etc/dracut.conf.d")
    purpose = "md in the initramfs, and no waiting for a swap area at boot"
    generated: tuple[str, ...] = ("/boot/initrd.img-*",)
    not_built = "the messages of dracut above"
    # Without these dracut waits for a person in a shell when it does not find the root.
    first_boot_words: tuple[str, ...] = ("rd.shell=0", "rd.emergency=reboot")

    def refusals(self, machine: Machine) -> Iterator[Refusal]:
        del machine
        yield from ()

    def settings(self, drivers: Sequence[str]) -> str:
        names = " ".join(("md_mod", "raid1", *drivers))
        return (
            'add_dracutmodules+=" mdraid "\n'
            'mdadmconf="yes"\n'
            f'add_drivers+=" {names} "\n'
            'omit_dracutmodules+=" resume "\n'
        )

    def lint(self, text: str) -> tuple[Complaint, ...]:
        return lint_dracut_conf(text)

    def kernel_words(self, arrays: Sequence[str]) -> tuple[str, ...]:
        return tuple(f"rd.md.uuid={uuid}" for uuid in arrays)

    def build(self, kernels: Sequence[str]) -> list[list[str]]:
        return [["dracut", "--force", self.image(kernel), kernel] for kernel in kernels]

    def rebuild(self, kernels: Sequence[str]) -> tuple[Action, ...]:
        # dracut copies its image over the one in use, and removes that when it fails.
        return tuple(BuildBeside(("dracut", "--force", BESIDE, kernel), self.image(kernel))
                     for kernel in kernels)

    def image(self, kernel: str) -> str:
        return f"/boot/initrd.img-{kernel}"

    def looks_for(self, name: str) -> bool:
        return name in CONFIGS or name.startswith("etc/cmdline.d/")

    def resume(self, files: Mapping[str, str]) -> tuple[str, ...]:
        words = [word for name, text in sorted(files.items())
                 if name.startswith("etc/cmdline.d/") for word in text.split()]
        return tuple(word.removeprefix("resume=") for word in words if word.startswith("resume="))

    def listing(self, image: str) -> list[str]:
        return ["lsinitrd", image]

    def missing(self, listing: str, volumes: bool) -> tuple[str, ...]:
        # Lines as of ls -l; a link's target follows its name.
        names = {line.split(" -> ")[0].rsplit(maxsplit=1)[-1] for line in listing.splitlines()
                 if line.strip()}
        return lacking(names, volumes)
