"""Commands that only look: status, verify, capture."""

from __future__ import annotations

import argparse
import time

from bootmirror.cli.output import print_json, status_lines, view_json
from bootmirror.cli.sessions import open_session
from bootmirror.cli.telling import tell
from bootmirror.errors import ExitCode, Refused
from bootmirror.host.host import Host
from bootmirror.machine.recording import dump_machine
from bootmirror.machine.redaction import redacted
from bootmirror.records import to_plain


def status(options: argparse.Namespace) -> int:
    session = open_session(options)
    machine, view = session.look(), session.view()
    if options.json:
        print_json({
            "conversion": view_json(view),
            "disks": to_plain(machine.disks),
            "arrays": to_plain(machine.arrays),
            "hostname": machine.hostname,
        })
    else:
        tell(*status_lines(machine, view))
    return int(ExitCode.DONE)


def capture(options: argparse.Namespace) -> int:
    print(dump_machine(redacted(open_session(options).look())), end="")
    return int(ExitCode.DONE)


def verify(options: argparse.Namespace) -> int:
    session = open_session(options)
    if session.read_only:
        raise Refused("A recording cannot be verified.", "Verify on the machine itself.")
    plan = session.approved()
    if plan is None:
        raise Refused(
            "No conversion was carried out on this machine, so there is nothing to verify.",
            "Look at the machine with bootmirror status.",
        )
    from bootmirror.engine.boot_proofs import boots_alone  # noqa: PLC0415 - only wanted here
    from bootmirror.steps.verify import verify_checks  # noqa: PLC0415

    checks = (*verify_checks(Host(), plan),
              boots_alone(session.view(), plan, Host(), time.time()))
    whole = all(check.ok for check in checks)
    if options.json:
        listed = [{"name": c.name, "ok": c.ok, "detail": c.detail, "advice": c.advice}
                  for c in checks]
        print_json({"ok": whole, "checks": listed})
    else:
        for check in checks:
            tell(f"{'ok  ' if check.ok else 'FAIL'}  {check.name}: {check.detail}")
            if not check.ok:
                tell(f"      {check.advice}")
    return int(ExitCode.DONE if whole else ExitCode.FAILED)
