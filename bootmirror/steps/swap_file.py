"""A swap file in the copy: made anew, since a copied one may have holes, which swapon refuses."""

from __future__ import annotations

from dataclasses import dataclass

from bootmirror.actions.report import Report
from bootmirror.host.host import Host

MIB = 1 << 20


@dataclass(frozen=True)
class MakeSwapFile:
    """Of the size of the one in use; mkswap(8) tells what it must be like."""

    path: str
    size: int  # bytes, without the header's page, as /proc/swaps counts it
    uuid: str

    def describe(self) -> str:
        return f"make the swap file {self.path} of {-(-self.size // MIB)} MiB"

    def perform(self, host: Host, report: Report) -> None:
        del report
        mebibytes = -(-self.size // MIB)
        host.remove(self.path)
        host.write(self.path, "", mode=0o600)
        # Written out: fallocate(2) is not known to every file system.
        host.run(["dd", "if=/dev/zero", f"of={self.path}", "bs=1M", f"count={mebibytes}",
                  "conv=notrunc"])
        host.run(["mkswap", "--uuid", self.uuid, self.path])
