"""dracut's settings: appended words, and what runs together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.dracut_conf import LISTS, DracutConf, lint_dracut_conf
from bootmirror.kinds.dracut import Dracut

SAMPLE = """\
# made by hand
hostonly="yes"   # only this machine
add_drivers+=" raid1 "
add_drivers+=' ext4 xfs '
\tinstall_items+=" /etc/vconsole.conf \\
  /etc/hosts "
compress=zstd
"""
names = st.sampled_from(sorted(LISTS))
words = st.lists(st.text("abcdefghijklmnopqrstuvwxyz0123456789_-/.", min_size=1), max_size=6)


def test_appended_words_add_up() -> None:
    conf = DracutConf.parse(SAMPLE)
    assert conf.words("add_drivers") == ("raid1", "ext4", "xfs")
    assert conf.words("install_items") == ("/etc/vconsole.conf", "/etc/hosts")
    assert conf.get("hostonly") == "yes"
    assert conf.get("omit_drivers") is None
    assert lint_dracut_conf(SAMPLE) == ()


def test_words_that_run_together_are_told() -> None:
    (complaint,) = lint_dracut_conf('hostonly=no\n  add_drivers+="raid1 ext4"\n')
    assert (complaint.line, complaint.column) == (2, 16)
    assert complaint.hint == 'write add_drivers+=" raid1 ext4 "'


def test_an_open_quote_and_a_blank_beside_the_sign_are_told() -> None:
    found = lint_dracut_conf('hostonly = yes\nadd_drivers+=" raid1\n')
    assert [c.line for c in found] == [1, 2]


def test_what_bootmirror_writes_has_no_faults() -> None:
    text = Dracut().settings(["ext4"])
    assert lint_dracut_conf(text) == ()
    assert DracutConf.parse(text).words("add_drivers") == ("md_mod", "raid1", "ext4")


@given(st.lists(st.tuples(names, words), max_size=8))
def test_what_was_written_is_read(settings: list[tuple[str, list[str]]]) -> None:
    conf = DracutConf.parse("".join(f'{name}+=" {" ".join(w)} "\n' for name, w in settings))
    for name in LISTS:
        assert list(conf.words(name)) == [w for n, ws in settings if n == name for w in ws]
