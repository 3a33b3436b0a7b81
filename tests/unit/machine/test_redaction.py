"""No secret is left in what others may see, and nothing else is lost."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootmirror.engine.journal import Journal
from bootmirror.engine.log import Log
from bootmirror.formats.crypttab import Crypttab
from bootmirror.formats.fstab import Fstab
from bootmirror.formats.lilo_conf import LiloConf
from bootmirror.formats.shell_settings import ShellSettings
from bootmirror.machine.model import Mount
from bootmirror.machine.redaction import REDACTED, redact, redact_file, redact_options, redacted
from tests.unit.engine.fakes import machine
from tests.unit.formats.texts import LONG, anything, soup

MARK = "5ecr37"  # part of every secret drawn, so that any remainder of one is found
# A secret is anything without blanks, quotes and what ends it where it stands.
_signs = st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="\"'\\,@$\x7f",
                       exclude_categories=("Cc", "Zs", "Cs"))
secrets = st.text(_signs, max_size=20).map(lambda text: f"{MARK}{text}{MARK}")

FORMS = {
    "/etc/fstab": [
        "//nas/data /srv/data cifs username={0},password={0},vers=3.0 0 0",
        "//nas/data /srv/data cifs rw,pass={0} 0 0",
        "#//nas/old /old cifs uid=0,user={0},passwd={0} 0 0",
        "https://me:{0}@cloud.example/dav /dav davfs rw 0 0",
        "sshfs#x /x fuse rw,password2={0},ssh_command=ssh 0 0",
    ],
    "/etc/crypttab": [
        "root UUID=12 {0} luks,discard", "#data /dev/sda3 {0} luks", "swap /dev/sda2 {0}",
    ],
    "/etc/lilo.conf": ["password={0}", "  password = {0}", 'password="{0} {0}"'],
    "/boot/grub/custom.cfg": [
        "password_pbkdf2 root grub.pbkdf2.sha512.10000.{0}", "password root {0}",
        "\tpassword --md5 {0}", "# password root {0}",
    ],
    "/etc/default/grub": [
        'GRUB_CMDLINE_LINUX="quiet password={0}"', "GRUB_PASSWORD={0}", "GRUB_PASSWORD='{0}'",
        'GRUB_CMDLINE_LINUX="rd.luks.key={0} quiet"', "# the passphrase: {0}",
    ],
}


@given(secret=secrets)
def test_no_form_of_a_secret_is_left(secret: str) -> None:
    for path, forms in FORMS.items():
        for form in forms:
            text = redact_file(path, f"before\n{form.format(secret)}\nafter\n")
            assert MARK not in text, form
            assert REDACTED in text
            assert (text.startswith("before\n"), text.endswith("\nafter\n")) == (True, True)


@pytest.mark.parametrize(("line", "left"), [
    ("mount -o username=u,password=p,vers=3 //nas/x", f"mount -o username={REDACTED} //nas/x"),
    ("mount: ftp://me:a@b@host/x: no device", f"mount: ftp://{REDACTED}@host/x: no device"),
    ("root:$6$salt$hash:19000", f"root:{REDACTED}"),
    ("password=''", "password=''"),
    ('USER="me"too rest', f"USER={REDACTED} rest"),
    (":passwd$6$x//pass :pass", f":passwd{REDACTED} :{REDACTED}"),
    ("password_pbkdf2 root grub.pbkdf2.sha512.1", f"password_pbkdf2 root {REDACTED}"),
])
def test_a_line_of_whatever_kind(line: str, left: str) -> None:
    assert redact(line) == left


@pytest.mark.parametrize("line", [
    "MAILADDR root@example.org",
    "nas.example.org:/srv/data /data nfs rw,user,noauto,nofail 0 0",
    "//nas/data /data cifs credentials=/etc/nas.cred,_netdev 0 2",
    "swap /dev/sda2 /dev/urandom swap,cipher=aes-xts-plain64",
    "root UUID=12 none luks,token-timeout=30",
    "# <file system> <mount point> <type> <options> <dump> <pass>",
    "# <target name> <source device> <key file> <options>",
    'GRUB_CMDLINE_LINUX_DEFAULT="quiet root=UUID=3f"',
    "ARRAY /dev/md0 metadata=1.2 UUID=1ebfc2d5:5c6c595d:a983da54:4cef4d02",
    "/dev/md0 / ext4 errors=remount-ro,usrquota 0 1",
])
def test_what_is_no_secret_stays(line: str) -> None:
    for path in (*FORMS, "/etc/mdadm/mdadm.conf"):
        if path == "/etc/crypttab" and not line.startswith(("swap", "root", "#")):
            continue  # a line of crypttab has a key in its third field
        assert redact_file(path, f"{line}\n") == f"{line}\n"


@given(text=anything | soup(
    "password", "=", "user=", "pass=", "://", "a:b@", "$6$x", "/dev/x", ",", ":"))
def test_lines_stay_lines_and_twice_is_once(text: str) -> None:
    for path in FORMS:
        once = redact_file(path, text)
        assert once.count("\n") == text.count("\n")
        assert redact_file(path, once) == once


@pytest.mark.parametrize("line", [
    *LONG, *(word * 100_000 for word in ("passwd", "password=", "a://", 'password="', "pass ")),
], ids=lambda line: f"{line[:9]!r}")
def test_a_long_line_takes_no_longer_than_its_length(line: str) -> None:
    began = time.monotonic()
    redact(line)
    redact_options(line)
    assert time.monotonic() - began < 10


def test_what_is_left_still_parses() -> None:
    secret = "x"
    fstab = Fstab.parse(redact_file("/etc/fstab", f"{FORMS['/etc/fstab'][0].format(secret)}\n"))
    assert fstab.entries[0].option("vers") == "3.0"
    crypttab = Crypttab.parse(redact_file("/etc/crypttab", "root UUID=12 /key luks,discard\n"))
    assert crypttab.entries[0].options == ("luks", "discard")
    lilo = LiloConf.parse(redact_file("/etc/lilo.conf", 'password="a b"\nboot=/dev/sda\n'))
    assert "boot" in lilo.render()
    settings = ShellSettings.parse(
        redact_file("/etc/default/grub", 'GRUB_CMDLINE_LINUX="a password=b"\n'))
    assert settings.get("GRUB_CMDLINE_LINUX") == f"a password={REDACTED}"


def test_a_capture_has_none() -> None:
    told = redacted(replace(
        machine(), cmdline=f"quiet password={MARK}",
        mounts=(Mount("/x", f"ftp://me:{MARK}@host/", "fuse", f"rw,username={MARK},vers=3"),),
        files=(("/etc/crypttab", f"root UUID=1 {MARK} luks\n"),
               ("/boot/grub/custom.cfg", f"password root {MARK}\n")),
    ))
    assert MARK not in repr(told)
    assert told.mounts[0].options == f"rw,username={REDACTED},vers=3"
    assert redacted(machine()) == machine()


def test_neither_the_journal_nor_the_log_has_one(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal", "boot-1")
    journal.append(
        "command", argv=("mount", "-o", f"username=u,password={MARK}"), step="copy-system",
        output=[f"mount: password={MARK}: refused"])
    journal.append("failed", message=f"password={MARK}", hint=f"https://u:{MARK}@x", step="x")
    journal.append("note", text=f"password: {MARK}")
    Log(tmp_path / "log").write(f"one\npassword={MARK}\n$6$salt${MARK}")
    assert MARK not in (tmp_path / "journal").read_text() + (tmp_path / "log").read_text()
    assert len((tmp_path / "log").read_text().splitlines()) == 3


def test_an_id_comes_back_as_it_was(tmp_path: Path) -> None:
    """A consent is known by it, whatever a disk calls itself."""
    Journal(tmp_path / "journal", "boot-1").append("consent", step="x", disk="password=1")
    assert json.loads((tmp_path / "journal").read_text())["disk"] == "password=1"
