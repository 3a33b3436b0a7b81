"""The one-shot entry in custom.cfg."""

import shutil
import subprocess
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.grub_custom import BEGIN, END, with_entry, without_entry

from .samples import ENTRY

CHECK = shutil.which("grub-script-check")


def checked(text: str) -> None:
    """Raises when GRUB's own parser does not take the text."""
    if CHECK:
        done = subprocess.run([CHECK], input=text.encode(), capture_output=True, check=False)
        assert done.returncode == 0, (done.stderr, text)


def test_the_whole_entry() -> None:
    text = with_entry(None, ENTRY)
    checked(text)
    assert text == """\
# bootmirror: begin
# One boot from the mirror. When it fails, the first entry of the menu follows by itself.
set fallback=0
if [ "${bootmirror_default}" = "mirror" -a "${boot_once}" != "true" \
-a "${bootmirror_inside}" != "yes" ]; then
  set default=bootmirror-first-boot-menu
  set timeout=5
fi
if [ "${boot_once}" = "true" ]; then
  set timeout=5
fi
menuentry 'First boot from the mirror (bootmirror)' --id bootmirror-first-boot --unrestricted {
  set bootmirror_stage=entered
  save_env bootmirror_stage
  insmod part_msdos
  insmod diskfilter
  insmod mdraid1x
  insmod ext2
  if search --no-floppy --fs-uuid --set=root 0b6b0a3e-8f1c-4f0e-9c57-0d5f7a1c2b3d; then
    set bootmirror_stage=found
    save_env bootmirror_stage
    if linux /boot/vmlinuz-6.1.0-30-amd64 \
root=UUID=11111111-2222-3333-4444-555555555555 ro quiet console=ttyS0,115200 panic=5 \
bootmirror.first_boot; then
      if initrd /boot/initrd.img-6.1.0-30-amd64; then
        set bootmirror_stage=loaded
        save_env bootmirror_stage
      fi
    fi
  fi
}
menuentry 'The mirror (bootmirror)' --id bootmirror-first-boot-menu --unrestricted {
  insmod part_msdos
  insmod diskfilter
  insmod mdraid1x
  insmod ext2
  if search --no-floppy --fs-uuid --set=root 0b6b0a3e-8f1c-4f0e-9c57-0d5f7a1c2b3d; then
    set bootmirror_inside=yes
    export bootmirror_inside
    set prefix=($root)/boot/grub
    configfile /boot/grub/grub.cfg
  fi
}
# bootmirror: end
"""


def test_the_prefix_is_put_where_it_lacks() -> None:
    short = replace(ENTRY, kernel="/vmlinuz-6.1.0-30-amd64", initrd="initrd.img-6.1.0-30-amd64")
    assert with_entry(None, short) == with_entry(None, ENTRY)
    own = replace(short, path_prefix="")
    assert "linux /vmlinuz-6.1.0-30-amd64 root=" in with_entry(None, own)


def test_words_with_quotes_reach_the_kernel_as_they_were() -> None:
    odd = replace(ENTRY, cmdline='a="b c" "d=e f" x$y z;{}|& panic=0 panic=9 -- single')
    text = with_entry(None, odd)
    checked(text)
    assert "'a=b c' 'd=e f' 'x$y' 'z;{}|&' panic=5 bootmirror.first_boot -- single; then" in text


def test_the_block_is_replaced_in_its_place() -> None:
    text = with_entry("set a=1", ENTRY) + "set b=2\n"
    later = replace(ENTRY, title="Second try's entry")
    changed = with_entry(text, later)
    checked(changed)
    assert changed.startswith(f"set a=1\n{BEGIN}\n") and changed.endswith(f"{END}\nset b=2\n")
    assert changed.count(BEGIN) == 1 and "First boot" not in changed
    assert without_entry(changed) == "set a=1\nset b=2\n"


def test_nothing_else_means_the_file_can_go() -> None:
    assert without_entry(with_entry(None, ENTRY)) is None
    assert without_entry(with_entry("\n", ENTRY)) is None
    assert without_entry("set a=1\n") == "set a=1\n"


def test_a_block_that_lost_its_end_mark_takes_nothing_else_with_it() -> None:
    text = with_entry(None, ENTRY).replace(f"{END}\n", "") + "set b=2\n"
    assert without_entry(text) == "set b=2\n"
    assert without_entry(f"{BEGIN}\nset b=2\n") == "set b=2\n"


@pytest.mark.parametrize("change", [
    {"id": "a b"}, {"id": "--x"}, {"boot_uuid": ""}, {"boot_uuid": "x; reboot"},
    {"insmods": ("a;b",)},
])
def test_what_grub_cannot_be_told_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"is no|cannot be"):
        replace(ENTRY, **change)  # type: ignore[arg-type]


# The program is slow to start: few texts, many lines each.
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), min_size=2, max_size=2))
def test_no_title_or_word_breaks_out_of_its_quotes(words: list[str]) -> None:
    text = with_entry(None, replace(ENTRY, title=words[0], cmdline=words[1]))
    checked(text)
    assert text.count("\n") == with_entry(None, ENTRY).count("\n")


@given(before=st.text(max_size=60).filter(lambda t: "bootmirror:" not in t))
def test_all_other_text_stays(before: str) -> None:
    text = with_entry(before, ENTRY)
    rest = without_entry(text)
    whole = before if before.endswith("\n") or not before else f"{before}\n"
    assert rest == (whole if whole.strip() else None)
