"""lilo.conf: read, changed, and complained about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.lilo_conf import LiloConf, lint_lilo_conf

SAMPLE = """\
# boots from either disk
boot=/dev/md1
Raid-Extra-Boot = mbr
lba32
map=/boot/map
prompt timeout=50   # two on a line
append="root=UUID=1234 msg=\\"hi\\" \\
    quiet"

disk=/dev/md1
  bios=0x80
  sectors=63
  heads=255

image=/boot/vmlinuz
  label=LinuxRAID
  initrd=/boot/initrd.img
  read-only
other=/dev/sda3
  label=dos
"""


def test_options_and_sections_are_read() -> None:
    conf = LiloConf.parse(SAMPLE)
    assert conf.get("boot") == "/dev/md1"
    assert conf.get("raid-extra-boot") == "mbr"
    assert conf.get("LBA32") == "" and conf.get("linear") is None
    assert conf.get("timeout") == "50"
    assert conf.get("append") == 'root=UUID=1234 msg="hi"  quiet'
    assert [(s.kind, s.value, s.line) for s in conf.sections] == [
        ("disk", "/dev/md1", 10), ("image", "/boot/vmlinuz", 15), ("other", "/dev/sda3", 19),
    ]
    assert conf.sections[1].get("initrd") == "/boot/initrd.img"
    assert conf.get("label") is None


def test_an_option_is_changed_in_its_place() -> None:
    conf = LiloConf.parse(SAMPLE)
    assert conf.with_option("boot", "/dev/sda").render() == SAMPLE.replace(
        "boot=/dev/md1", "boot=/dev/sda", 1)
    assert conf.with_option("raid-extra-boot", "/dev/sdb").render() == SAMPLE.replace(
        "Raid-Extra-Boot = mbr", "raid-extra-boot=/dev/sdb")


def test_a_new_option_goes_before_the_first_section() -> None:
    conf = LiloConf.parse(SAMPLE).with_option("large-memory", None)
    assert conf.render() == SAMPLE.replace("\ndisk=", "\nlarge-memory\ndisk=")
    assert LiloConf.parse("lba32").with_option("boot", "/dev/a b").render() == (
        'lba32\nboot="/dev/a b"\n'
    )
    inline = LiloConf.parse("lba32 image=/v label=x").with_option("boot", "/dev/sda")
    assert inline.get("boot") == "/dev/sda" and inline.sections[0].get("label") == "x"


def test_an_option_is_removed_with_its_line() -> None:
    conf = LiloConf.parse(SAMPLE)
    assert conf.without_option("lba32").render() == SAMPLE.replace("lba32\n", "")
    assert conf.without_option("timeout").render() == SAMPLE.replace("timeout=50", "")
    assert conf.without_option("linear") == conf
    assert LiloConf.parse("a=1\nlba32").without_option("lba32").render() == "a=1\n"


def test_the_sample_draws_no_complaint() -> None:
    assert lint_lilo_conf(SAMPLE) == ()


@pytest.mark.parametrize(
    ("old", "new", "line", "column"),
    [
        ("lba32", "lba33", 4, 1), ("lba32", "lba32=1", 4, 1), ("map=/boot/map", "map", 5, 1),
        ("map=/boot/map", "boot=/dev/sda", 5, 1), ("boot=/dev/md1", "=x", 2, 1),
        ("  heads=255\n", "", 10, 1), ("  heads=255", "  inaccessible\n  heads=2", 11, 3),
        ("  label=dos", "disk=/dev/sda", 20, 1), ("  label=dos", '  label="dos', 20, 9),
        ("  label=dos\n", "  label=", 20, 3), ("  label=dos", "  sectors=1", 20, 3),
    ],
)
def test_complaints_have_their_place(old: str, new: str, line: int, column: int) -> None:
    found = lint_lilo_conf(SAMPLE.replace(old, new, 1))
    assert (line, column) in [(c.line, c.column) for c in found], found


@given(value=st.text(st.characters(blacklist_characters="\n"), max_size=30))
def test_a_value_reads_back_as_set(value: str) -> None:
    assert LiloConf.parse(SAMPLE).with_option("append", value).get("append") == value
