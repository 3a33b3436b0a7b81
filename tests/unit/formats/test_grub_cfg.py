"""grub.cfg: what its entries start."""

from __future__ import annotations

from hypothesis import given

from bootmirror.formats.grub_cfg import defaults, entry_names, kernels, lines
from tests.unit.formats.texts import LONG, anything, soup

# As grub-mkconfig of Debian 12 writes it, shortened.
MENU = r"""
if [ x$feature_default_font_path = xy ] ; then
   font=unicode
else
  set root='mduuid/f00d'
  search --no-floppy --fs-uuid --set=root root-uuid
fi
### BEGIN /etc/grub.d/10_linux ###
menuentry 'Debian GNU/Linux' --class os $menuentry_id_option 'gnulinux-simple-x' {
	load_video
	set root='mduuid/beef'
	if [ x$feature_platform_search_hint = xy ]; then
		search --no-floppy --fs-uuid --set=root --hint='mduuid/beef'  boot-uuid
	else
		search --no-floppy --fs-uuid --set=root boot-uuid
	fi
	echo	'Loading Linux 6.1 ... linux /no'
	linux	/vmlinuz-6.1 root=UUID=new ro  quiet "dyndbg=file x.c +p" a\ b \
		root=/dev/sda1
	initrd	/early.img /initrd.img-6.1
}
submenu 'Advanced options' $menuentry_id_option 'x' {
	menuentry 'recovery' { linux /vmlinuz-6.1 root=UUID=new single; initrd '/initrd.img-6.1'; }
}
### END /etc/grub.d/10_linux ###
# linux /commented root=/dev/sda1
menuentry 'Memory test' {
  linux16 /memtest86+.bin
}
menuentry "Windows" {
	search --no-floppy --fs-uuid --set=root 1234-5678
	chainloader /EFI/Microsoft/Boot/bootmgfw.efi
}
### BEGIN /etc/grub.d/40_custom ###
if linux /vmlinuz-x root=/dev/sdz1; then true; fi
"""


def test_each_kernel_has_its_words_images_and_place() -> None:
    found = kernels(MENU)
    assert [(k.kernel, k.root) for k in found] == [
        ("/vmlinuz-6.1", "/dev/sda1"), ("/vmlinuz-6.1", "UUID=new"), ("/memtest86+.bin", None),
        ("/vmlinuz-x", "/dev/sdz1")]
    assert found[0].words == ("root=UUID=new", "ro", "quiet", "dyndbg=file x.c +p", "a b",
                              "root=/dev/sda1")
    assert found[0].images == ("/early.img", "/initrd.img-6.1")
    assert "boot-uuid" in found[0].place
    assert (found[1].images, found[1].place) == (("/initrd.img-6.1",), ())
    assert [k.script for k in found] == [
        "/etc/grub.d/10_linux", "/etc/grub.d/10_linux", "", "/etc/grub.d/40_custom"]
    text = MENU.split("\n")
    assert all(k.kernel in text[k.line - 1] for k in found)


def test_what_starts_by_itself_and_what_entries_are_called() -> None:
    text = """\
if [ "${next_entry}" ] ; then
   set default="${next_entry}"
else
   set default="x>gnulinux-6.1"
fi
# set default="1"
"""
    assert list(defaults(text)) == [(2, "${next_entry}"), (4, "x>gnulinux-6.1")]
    assert entry_names(MENU) == {"Debian GNU/Linux", "gnulinux-simple-x", "Advanced options", "x",
                                 "recovery", "Memory test", "Windows"}
    assert entry_names("menuentry a --id b {\n}\nmenuentry\n") == {"a", "b"}


def test_comments_are_no_lines() -> None:
    assert list(lines("a\n # b\nc\n")) == [(1, "a"), (3, "c"), (4, "")]


@given(anything | soup("linux", "menuentry", "{", "}", ";", "root=", "search", "set", "initrd"))
def test_no_text_breaks_it(text: str) -> None:
    count = text.count("\n") + 1
    assert all(1 <= kernel.line <= count for kernel in kernels(text))
    assert all(1 <= line <= count for line, _ in defaults(text))
    entry_names(text)


def test_a_long_one_is_read_once() -> None:
    """A quote that is never closed must not have the rest looked through again and again."""
    for text in (*LONG, *(piece * 100_000 for piece in ('"\\', "'\"", "x\\", "{;"))):
        kernels(text)
