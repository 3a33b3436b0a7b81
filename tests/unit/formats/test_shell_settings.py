"""Settings files of the shell: read without one, changed in place."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.shell_settings import ShellSettings, lint_shell_settings

GRUB = """\
# If you change this file, run 'update-grub' afterwards
GRUB_DEFAULT=0
GRUB_DISTRIBUTOR=`lsb_release -i -s 2> /dev/null || echo Debian`
GRUB_CMDLINE_LINUX_DEFAULT="quiet root=/dev/sda1"   # a comment
GRUB_CMDLINE_LINUX=''
export GRUB_COLOUR='it'"'"'s blue'
#GRUB_TERMINAL=console
if [ -x /bin/true ]; then
  GRUB_TIMEOUT=3; GRUB_BADRAM="a\\
b"
fi
"""


def test_values_are_unquoted() -> None:
    settings = ShellSettings.parse(GRUB)
    assert settings.get("GRUB_DEFAULT") == "0"
    assert settings.get("GRUB_DISTRIBUTOR") == "`lsb_release -i -s 2> /dev/null || echo Debian`"
    assert settings.get("GRUB_CMDLINE_LINUX_DEFAULT") == "quiet root=/dev/sda1"
    assert settings.get("GRUB_CMDLINE_LINUX") == ""
    assert settings.get("GRUB_COLOUR") == "it's blue"
    assert settings.get("GRUB_TIMEOUT") == "3"
    assert settings.get("GRUB_BADRAM") == "ab"
    assert settings.get("GRUB_TERMINAL") is None


def test_the_last_assignment_counts_and_is_changed() -> None:
    settings = ShellSettings.parse("RESUME=a\nRESUME=b # here\n")
    assert settings.get("RESUME") == "b"
    assert settings.with_value("RESUME", "none").render() == "RESUME=a\nRESUME=none # here\n"


def test_the_file_keeps_its_quotes() -> None:
    settings = ShellSettings.parse(GRUB)
    changed = settings.with_value("GRUB_CMDLINE_LINUX_DEFAULT", "quiet").render()
    assert changed == GRUB.replace("quiet root=/dev/sda1", "quiet")
    changed = settings.with_value("GRUB_CMDLINE_LINUX", "a b").render()
    assert changed == GRUB.replace("LINUX=''", "LINUX='a b'")
    assert "GRUB_DEFAULT=saved\n" in settings.with_value("GRUB_DEFAULT", "saved").render()
    assert 'GRUB_DEFAULT="a b"\n' in settings.with_value("GRUB_DEFAULT", "a b").render()


def test_a_new_setting_goes_to_the_end() -> None:
    assert ShellSettings.parse("A=1").with_value("B", "x y").render() == 'A=1\nB="x y"\n'
    assert ShellSettings.parse("").with_value("RESUME", "none").render() == "RESUME=none\n"


def test_an_expansion_stays_one() -> None:
    settings = ShellSettings.parse('A="$B root=x"\nC="\\$5"\n')
    assert settings.get("A") == "$B root=x" and settings.get("C") == "$5"
    changed = settings.with_value("A", "$B").with_value("C", "$6")
    assert changed.render() == 'A="$B"\nC="\\$6"\n'


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('A="x\nB=1\n', 1, 3), ("A='", 1, 3), ("#\n A = 1", 2, 2), ("A= x\n", 1, 1),
        ("A+=x\n", 1, 1), ("A=1\r\n", 1, 4),
    ],
)
def test_complaints_have_their_place(text: str, line: int, column: int) -> None:
    assert (line, column) in [(c.line, c.column) for c in lint_shell_settings(text)]


def test_good_files_draw_no_complaint() -> None:
    assert lint_shell_settings(GRUB) == ()
    assert lint_shell_settings('A="\nB = 1\n"\nif [ a = b ]; then :; fi\n') == ()


printable = st.text(st.characters(codec="utf-8", blacklist_characters="\0"), max_size=40)


STARTS = ["", "A=1\n", "A='x y' # c\n", 'A="x"\n', 'A="\\$x"']


@given(start=st.sampled_from(STARTS), value=printable)
def test_the_shell_reads_what_was_set(start: str, value: str) -> None:
    text = ShellSettings.parse(start).with_value("A", value).render()
    assert ShellSettings.parse(text).get("A") == value


def test_a_real_shell_agrees() -> None:
    values = [
        "plain", "a b", "it's", 'say "x"', "$HOME `x` $(y)", "a\\b\\", "#x", "a;b&c|d", "é\t*?",
    ]
    text = ""
    for i, value in enumerate(values):
        text = ShellSettings.parse(text).with_value(f"V{i}", value).render()
    script = text + "".join(f'printf "%s\\0" "$V{i}"\n' for i in range(len(values)))
    done = subprocess.run(["/bin/sh"], input=script.encode(), capture_output=True, check=True)
    assert done.stdout.decode().split("\0")[:-1] == values


pieces = st.lists(st.sampled_from(
    ["a", " ", "'b c'", '"d e"', '"f\\"g"', "\\ ", "\\\n", '"\\\n"', "h#i", "'\n'", '"$"', '"\\x"']
), max_size=8).map("".join)


@given(written=pieces)
def test_a_shell_reads_values_as_we_do(written: str) -> None:
    text = f"A={written}\n"
    got = ShellSettings.parse(text).assignments
    done = subprocess.run(
        ["/bin/sh", "-c", f'{text}printf "%s" "$A"'], capture_output=True, check=False
    )
    # With words after it the shell runs a command instead: that is none of our business.
    if " " not in written.replace("'b c'", "").replace('"d e"', "").replace("\\ ", ""):
        assert got[-1].name == "A" and got[-1].value == done.stdout.decode()
