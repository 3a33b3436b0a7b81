"""fstab: read, changed field by field, and complained about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.complaint import Severity
from bootmirror.formats.fstab import Fstab, FstabEntry, lint_fstab
from bootmirror.formats.fstab_fields import decoded, encoded

SAMPLE = """\
# /etc/fstab: static file system information.
UUID=5b0ed0f3-6c4a-4a39-a8b4-0c7c4a3f3a51\t/   ext4  errors=remount-ro 0   1 # the system
UUID=0f5e7a3e-58a5-4c7e-9c3b-2a6a5f7a4d11 /boot           ext4    defaults        0       2

/dev/sr0        /media/cdrom0   udf,iso9660 user,noauto     0       0
UUID=c0ffee00-0000-4000-8000-000000000001 none swap sw
server:/srv/My\\040Files /srv/files nfs ro,soft
"""


def entry(text: str, mountpoint: str) -> FstabEntry:
    found = Fstab.parse(text).entry_for(mountpoint)
    assert found is not None
    return found


def complaints(text: str) -> list[tuple[int, int, Severity]]:
    return [(c.line, c.column, c.severity) for c in lint_fstab(text)]


def test_entries_are_read() -> None:
    entries = Fstab.parse(SAMPLE).entries
    assert [e.line for e in entries] == [2, 3, 5, 6, 7]
    assert entries[0] == FstabEntry(
        "UUID=5b0ed0f3-6c4a-4a39-a8b4-0c7c4a3f3a51", "/", "ext4", ("errors=remount-ro",), 0, 1, 2
    )
    assert entries[0].option("errors") == "remount-ro"
    assert entries[3].options == ("sw",) and entries[3].passno == 0
    assert entries[4].spec == "server:/srv/My Files"


def test_only_the_field_changes() -> None:
    fstab = Fstab.parse(SAMPLE)
    root = entry(SAMPLE, "/")
    changed = fstab.with_fields(root, spec="UUID=new").render()
    assert changed == SAMPLE.replace("UUID=5b0ed0f3-6c4a-4a39-a8b4-0c7c4a3f3a51", "UUID=new")
    changed = fstab.with_fields(root, options=["errors=remount-ro", "noatime"], passno=0).render()
    assert changed == SAMPLE.replace("remount-ro 0   1 #", "remount-ro,noatime 0   0 #")


def test_missing_fields_are_filled_in_before_a_comment() -> None:
    text = "/dev/sda1 /x ext4 # mine\n"
    assert Fstab.parse(text).with_fields(entry(text, "/x"), passno=2).render() == (
        "/dev/sda1 /x ext4 defaults 0 2 # mine\n"
    )


def test_an_entry_is_found_again_after_lines_were_added_before_it() -> None:
    fstab = Fstab.parse("a / ext4 x 0 1\nb /boot ext4 x 0 2")
    root, boot = fstab.entries
    changed = fstab.with_line_after(root, "# between").with_fields(boot, spec="B")
    assert changed.render() == "a / ext4 x 0 1\n# between\nB /boot ext4 x 0 2"
    assert changed.without(boot.__class__("B", "/boot", "ext4", ("x",), 0, 2)).render() == (
        "a / ext4 x 0 1\n# between\n"
    )
    with pytest.raises(ValueError, match="does not hold"):
        fstab.without(FstabEntry("z", "/z", "ext4"))


def test_a_line_goes_to_the_end_of_a_file_without_a_newline() -> None:
    assert Fstab.parse("a / ext4").with_line_after(None, "b /b ext4").render() == (
        "a / ext4\nb /b ext4\n"
    )
    assert Fstab.parse("").with_line_after(None, "b /b ext4\n").render() == "b /b ext4\n"


def test_the_mount_point_is_found_with_and_without_a_slash_at_its_end() -> None:
    assert entry("a /boot/ ext4 x", "/boot").spec == "a"
    assert entry("a / ext4\nb / ext4", "/").spec == "b"
    assert Fstab.parse("a / ext4").entry_for("/boot") is None


def test_the_sample_draws_no_error() -> None:
    assert [c for c in complaints(SAMPLE) if c[2] is Severity.ERROR] == []


@pytest.mark.parametrize(
    ("text", "line", "column", "severity"),
    [
        ("/dev/sdx1", 1, 10, Severity.ERROR),
        ("#\nLABEL=a /x\n", 2, 11, Severity.ERROR),
        ("UUID= / ext4 defaults 0 1", 1, 1, Severity.ERROR),
        ("UUID=nonsense / ext4 defaults 0 1", 1, 1, Severity.WARNING),
        ("UUID=12345678-1234-1234-1234-12345678901 / ext4 defaults 0 1", 1, 1, Severity.WARNING),
        ("/dev/sda1 / ext4 defaults 0 1", 1, 1, Severity.WARNING),
        ("/dev/md0 / ext4 defaults 0 1", 1, 1, Severity.WARNING),
        ("LABEL=a boot ext4 defaults 0 1", 1, 9, Severity.ERROR),
        ("LABEL=a /swap swap sw 0 0", 1, 9, Severity.WARNING),
        ("LABEL=a / ext4 defaults, noatime 0 1", 1, 26, Severity.ERROR),
        ("LABEL=a / ext4 defaults 0 3", 1, 27, Severity.WARNING),
        ("LABEL=a / ext4 defaults 0 ²", 1, 27, Severity.ERROR),
        ("LABEL=a / ext4 a,,b 0 1", 1, 16, Severity.WARNING),
        ("LABEL=a / ext4 defaults # no", 1, 25, Severity.ERROR),
        ("LABEL=a / ext4 x 0 1\nLABEL=b / ext4 x 0 1", 2, 9, Severity.ERROR),
        ("LABEL=a /a ext4 x 0 2\nLABEL=b /a/ ext4 x 0 2", 2, 9, Severity.WARNING),
    ],
)
def test_complaints_have_their_place(
    text: str, line: int, column: int, severity: Severity
) -> None:
    assert (line, column, severity) in complaints(text)


@pytest.mark.parametrize("spec", [
    "UUID=5b0ed0f3-6c4a-4a39-a8b4-0c7c4a3f3a51", "UUID=12AB-34CD", "UUID=01D2AB34CD56EF78",
    "PARTUUID=1234abcd-02", 'LABEL="root"', "/dev/disk/by-id/x", "/dev/mapper/vg-root", "tmpfs",
])
def test_good_devices_draw_no_complaint(spec: str) -> None:
    assert complaints(f"{spec} / ext4 defaults 0 1\n") == []


@given(st.text(max_size=50))
def test_what_is_escaped_reads_back(value: str) -> None:
    assert decoded(encoded(value)) == value
    assert not set(" \t\n") & set(encoded(value))


def test_bytes_that_are_no_utf_8_are_escaped_too() -> None:
    assert decoded(r"\303\244\377") == "ä\udcff"


plain = st.text(st.characters(blacklist_characters=' \t\n\r"'), min_size=1, max_size=12).filter(
    lambda text: not text.startswith("#") and "," not in text
)
gap = st.text(" \t", min_size=1, max_size=3)


@given(data=st.data(), words=st.lists(plain, min_size=4, max_size=4), rest=st.sampled_from(
    ["", " 0 1", "\t1 2  # c  ", " 0 0 more words\t"]), before=st.text(" \t", max_size=2))
def test_with_fields_touches_only_its_field(
    data: st.DataObject, words: list[str], rest: str, before: str
) -> None:
    gaps = [data.draw(gap) for _ in range(3)]
    line = before + words[0] + "".join(g + w for g, w in zip(gaps, words[1:], strict=True)) + rest
    text = f"# top\n{line}\nlast line"
    fstab = Fstab.parse(text)
    name = data.draw(st.sampled_from(["spec", "file", "vfstype"]))
    index = ["spec", "file", "vfstype"].index(name)
    value = data.draw(plain)
    changed = [*words]
    changed[index] = encoded(value)
    expected = before + changed[0] + "".join(
        g + w for g, w in zip(gaps, changed[1:], strict=True)) + rest
    wanted = {name: value}
    result = fstab.with_fields(fstab.entries[0], **wanted)  # type: ignore[arg-type]
    assert result.render() == f"# top\n{expected}\nlast line"
