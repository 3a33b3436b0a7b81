"""mdadm.conf: arrays read, replaced, and complained about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.complaint import Severity
from bootmirror.formats.mdadm_conf import ArrayLine, MdadmConf, lint_mdadm_conf

U0 = "01234567:89abcdef:01234567:89abcdef"
U1 = "89abcdef:01234567:89abcdef:01234567"

DEBIAN = """\
# mdadm.conf
HOMEHOST <system>
MAILADDR root

# definitions of existing MD arrays

# This configuration was auto-generated
"""

NEW = (ArrayLine("/dev/md0", U0, "1.2"), ArrayLine("/dev/md1", U1, "1.2", "web1:1"))
WRITTEN = (
    f"ARRAY /dev/md0 metadata=1.2 UUID={U0}\nARRAY /dev/md1 metadata=1.2 UUID={U1} name=web1:1\n"
)


def placeless(arrays: tuple[ArrayLine, ...]) -> list[tuple[str, str, str, str]]:
    return [(a.device, a.uuid, a.metadata, a.name) for a in arrays]


def test_arrays_go_below_debians_comment() -> None:
    mark = "# definitions of existing MD arrays\n"
    conf = MdadmConf.parse(DEBIAN).with_arrays(NEW)
    assert conf.render() == DEBIAN.replace(mark, mark + WRITTEN)
    assert [a.line for a in conf.arrays] == [6, 7]
    assert placeless(conf.arrays) == placeless(NEW)


def test_arrays_take_the_place_of_those_in_the_file() -> None:
    text = f"""\
DEVICE partitions
arr /dev/md/old UUID={U0} # old
# a comment within
   name=a:b

\tspares=1
MAILADDR root
ARRAY <ignore> uuid={U1}
PROGRAM /bin/x"""
    conf = MdadmConf.parse(text)
    assert placeless(conf.arrays) == [("/dev/md/old", U0, "", "a:b"), ("<ignore>", U1, "", "")]
    assert conf.with_arrays(NEW).render() == (
        "DEVICE partitions\n" + WRITTEN + "# a comment within\n\nMAILADDR root\nPROGRAM /bin/x"
    )


def test_arrays_go_to_the_end_of_another_file() -> None:
    assert MdadmConf.parse("MAILADDR x").with_arrays(NEW).render() == f"MAILADDR x\n{WRITTEN}"
    # Below the comment they would part a line from its continuation.
    text = "# definitions of existing MD arrays\n  root\n"
    assert MdadmConf.parse(f"MAILADDR\n{text}").with_arrays(NEW).render() == (
        f"MAILADDR\n{text}{WRITTEN}"
    )


def test_the_same_twice_is_the_same() -> None:
    once = MdadmConf.parse(DEBIAN).with_arrays(NEW)
    assert once.with_arrays(NEW) == once


def test_a_name_with_a_blank_reads_back() -> None:
    odd = (ArrayLine("/dev/md/a b", U0, "", "it's:1"),)
    assert placeless(MdadmConf.parse("").with_arrays(odd).arrays) == placeless(odd)


def test_good_files_draw_no_complaint() -> None:
    text = MdadmConf.parse(DEBIAN).with_arrays(NEW).render()
    assert lint_mdadm_conf(text) == ()


@pytest.mark.parametrize(
    ("text", "line", "column", "severity"),
    [
        ("ARRAY /dev/md0\n", 1, 1, Severity.ERROR),
        ("ARRAY /dev/md0 UUID=12", 1, 16, Severity.ERROR),
        (f"ARRAY /dev/md0\n  UUID={U0}x", 2, 3, Severity.ERROR),
        (f"ARRAY /dev/md0 UUID={U0} metadata=1.3", 1, 57, Severity.ERROR),
        (f"ARRAY /dev/md0 UUID={U0} root", 1, 57, Severity.ERROR),
        (f"ARRAY /dev/md0 UUID={U0}\nARRAY /dev/md0 UUID={U1}", 2, 7, Severity.ERROR),
        (f"ARRAY /dev/md0 UUID={U0}\nARRAY /dev/md1 UUID={U0}", 2, 16, Severity.ERROR),
        ('MAILADDR "root\n', 1, 10, Severity.ERROR),
        ("MAILADRESS root\n", 1, 1, Severity.WARNING),
        ("AR /dev/md0\n", 1, 1, Severity.WARNING),
        ("  ARRAY <ignore>\n", 1, 3, Severity.WARNING),
    ],
)
def test_complaints_have_their_place(text: str, line: int, column: int, severity: Severity) -> None:
    assert (line, column, severity) in [
        (c.line, c.column, c.severity) for c in lint_mdadm_conf(text)
    ]


plain = st.text("abcdefgh0123456789:/-._", min_size=1, max_size=12)
array_lines = st.builds(ArrayLine, plain.map("/dev/md/{}".format), st.sampled_from([U0, U1]),
                        st.sampled_from(["", "1.2"]), plain | st.just(""))
others = st.lists(st.sampled_from(["# c\n", "\n", "MAILADDR root\n", "DEVICE a\n", "\tb\n"]))


@given(before=others, arrays=st.lists(array_lines, max_size=3), after=others)
def test_all_other_lines_stay(
    before: list[str], arrays: list[ArrayLine], after: list[str]
) -> None:
    after = ["DEVICE x\n", *after]  # else a first "\tb" would go on with the ARRAY line
    kept = "".join([*before, *after])
    conf = MdadmConf.parse(kept).with_arrays(arrays)
    assert placeless(conf.arrays) == placeless(tuple(arrays))
    assert "".join(line for line in conf.lines if not line.startswith("ARRAY ")) == kept


foreign = st.sampled_from([
    f"ARRAY /dev/md/data UUID={U1}\n",
    "ARRAY /dev/md5 devices=/dev/sdc1,/dev/sdd1\n",
    "array /dev/md6 super-minor=6 spare-group=one  # of the old machine\n",
    f"ARRAY metadata=imsm UUID={U1}\n",
    f"ARRAY /dev/md/Volume0 container={U1} member=0\n\tspares=1\n",
    "ARRAY /dev/md7 name='web1:a b'\n# between\n   devices=/dev/sd[ef]1\n",
])
own = st.sampled_from([
    f"ARRAY /dev/md0 UUID={U0.upper()}\n", "ARRAY /dev/md/0\n   devices=/dev/sda1\n",
    f"ARRAY <ignore> UUID={U0.replace(':', '-')}\n", "ARRAY md0 super-minor=0\n", "# c\n"])


@given(statements=st.lists(foreign, max_size=4), ours=st.lists(own, max_size=2), data=st.data())
def test_what_is_said_of_other_arrays_stays_byte_for_byte(
    statements: list[str], ours: list[str], data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations([*statements, *ours]))
    conf = MdadmConf.parse("".join(["MAILADDR root\n", *mixed])).with_arrays(NEW[:1])
    text = conf.render()
    kept = [one for one in mixed if one in (*statements, "# c\n")]
    assert text.replace(f"{NEW[0]}\n", "") == "".join(["MAILADDR root\n", *kept])
    assert [a.device for a in conf.arrays if a.is_of(NEW[0])] == ["/dev/md0"]
    assert conf.with_arrays(NEW[:1]) == conf
