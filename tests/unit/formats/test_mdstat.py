"""/proc/mdstat as kernels of different ages print it."""

from hypothesis import given
from hypothesis import strategies as st

from bootmirror.formats.mdstat import MdstatArray, MdstatMember, MdstatSync, parse_mdstat


def one(text: str) -> MdstatArray:
    (array,) = parse_mdstat(text)
    return array


def test_a_clean_mirror() -> None:
    arrays = parse_mdstat("""\
Personalities : [raid1]
md1 : active raid1 sdb1[1] sda1[0]
      497664 blocks super 1.0 [2/2] [UU]

md0 : active raid1 sda2[2](W) sdb2[0]
      19904512 blocks super 1.2 [2/2] [UU]
      bitmap: 0/1 pages [0KB], 65536KB chunk

unused devices: <none>
""")
    assert [array.name for array in arrays] == ["md1", "md0"]
    assert arrays[1] == MdstatArray(
        name="md0", active=True, level="raid1", blocks=19904512, metadata="1.2", slots=(2, 2),
        picture="[UU]", members=(MdstatMember("sda2", 2, "W"), MdstatMember("sdb2", 0)),
    )
    assert arrays[0].metadata == "1.0"


def test_no_array_at_all() -> None:
    assert parse_mdstat("Personalities : [raid1]\nunused devices: <none>\n") == ()
    assert parse_mdstat("") == ()


def test_a_degraded_mirror_with_a_failed_member_and_a_spare() -> None:
    array = one("""\
md127 : active raid1 nvme0n1p2[0] sdb2[1](F) cciss!c0d0p2[2](S)
      1048512 blocks super 1.2 [2/1] [U_]
""")
    assert (array.slots, array.picture, array.sync) == ((2, 1), "[U_]", None)
    assert array.members == (
        MdstatMember("nvme0n1p2", 0), MdstatMember("sdb2", 1, "F"),
        MdstatMember("cciss!c0d0p2", 2, "S"),
    )


def test_a_recovery_under_way() -> None:
    array = one("""\
md0 : active raid1 sda2[2] sdb2[0]
      19904512 blocks super 1.2 [2/1] [U_]
      [=========>...........]  recovery = 48.3% (9613952/19904512) finish=1.8min speed=94208K/sec
      bitmap: 1/1 pages [4KB], 65536KB chunk
""")
    assert array.sync == MdstatSync("recovery", 9613952, 19904512, 94208, 1.8)
    assert array.picture == "[U_]"


def test_a_check_of_the_first_percent() -> None:
    sync = one("""\
md0 : active raid1 sda2[1] sdb2[0]
      1000 blocks super 1.2 [2/2] [UU]
      [>....................]  check =  0.1% (1/1000) finish=0.0min speed=1K/sec
""").sync
    assert sync == MdstatSync("check", 1, 1000, 1, 0.0)


def test_arrays_that_wait() -> None:
    text = """\
md{n} : active raid1 sda{n}[1] sdb{n}[0]
      1000 blocks super 1.2 [2/1] [U_]
      \tresync={why}
"""
    for why in ("DELAYED", "PENDING", "REMOTE"):
        assert one(text.format(n=1, why=why)).sync == MdstatSync("resync", waiting=why)


def test_inactive_and_read_only_arrays() -> None:
    arrays = parse_mdstat("""\
md3 : inactive sdb3[1](S)
      1046528 blocks super 1.2

md4 : active (auto-read-only) raid1 sda4[0] sdb4[1]
      1046528 blocks super 1.2 [2/2] [UU]
      \tresync=PENDING

md5 : active (read-only) raid1 sda5[0] sdb5[1]
      1046528 blocks super 1.2 [2/2] [UU]
""")
    assert [(a.active, a.level, a.read_only) for a in arrays] == [
        (False, "", ""), (True, "raid1", "auto-read-only"), (True, "raid1", "read-only"),
    ]
    assert arrays[0].members == (MdstatMember("sdb3", 1, "S"),)
    assert (arrays[0].slots, arrays[0].picture) == (None, "")


def test_old_metadata_prints_no_version() -> None:
    assert one("md0 : active raid1 sda1[0] sdb1[1]\n  100 blocks [2/2] [UU]\n").metadata == "0.90"
    external = one("md0 : active raid1 sda[1]\n  9 blocks super external:/md127/0 [2/2] [UU]\n")
    assert external.metadata == "external:/md127/0"


def test_other_levels() -> None:
    array = one("""\
md9 : active raid5 sdc1[2] sdb1[1] sda1[0]
      2048 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/3] [UUU]
""")
    assert (array.level, array.slots, array.picture) == ("raid5", (3, 3), "[UUU]")


def test_kernel_2_4() -> None:
    array = one("""\
Personalities : [raid1]
read_ahead 1024 sectors
md0 : active raid1 hdc2[1] hda2[0]
      19904512 blocks [2/1] [_U]
      [=>...................]  recovery = 7.2% (1433124/19904512) finish=22.1min speed=13900K/sec
unused devices: <none>
""")
    assert array.slots == (2, 1)
    assert array.sync == MdstatSync("recovery", 1433124, 19904512, 13900, 22.1)


def test_kernel_2_2_puts_all_on_one_line() -> None:
    array = one("""\
Personalities : [raid1]
read_ahead 1024 sectors
md1 : active raid1 hdc1[1] hda1[0] 20000 blocks [2/2] [UU] resync=12% finish=3.6min
unused devices: <none>
""")
    assert array == MdstatArray(
        name="md1", active=True, level="raid1", blocks=20000, slots=(2, 2), picture="[UU]",
        members=(MdstatMember("hdc1", 1), MdstatMember("hda1", 0)),
        sync=MdstatSync("resync", 2400, 20000, None, 3.6),
    )


def test_the_first_kernels_number_no_members() -> None:
    array = one("md0 : active raid0 sda1 sdb1 8192 blocks\n")
    assert array.members == (MdstatMember("sda1", None), MdstatMember("sdb1", None))
    assert (array.level, array.blocks) == ("raid0", 8192)


names = st.from_regex(r"(sd[a-z]|nvme[0-9]n[0-9]p)[0-9]{1,2}", fullmatch=True)


@given(
    working=st.lists(st.booleans(), min_size=1, max_size=4),
    members=st.lists(st.tuples(names, st.integers(0, 99), st.sampled_from(["", "F", "S", "WF"])),
                     min_size=1, max_size=4),
    blocks=st.integers(0, 10**15),
    done=st.integers(0, 10**12),
)
def test_what_a_kernel_prints_is_read(
    working: list[bool], members: list[tuple[str, int, str]], blocks: int, done: int
) -> None:
    listed = " ".join(
        f"{n}[{i}]" + "".join(f"({flag})" for flag in flags) for n, i, flags in members
    )
    picture = "[" + "".join("U" if up else "_" for up in working) + "]"
    array = one(f"""\
md0 : active raid1 {listed}
      {blocks} blocks super 1.2 [{len(working)}/{sum(working)}] {picture}
      [>....................]  resync =  3.1% ({done}/{blocks}) finish=12.5min speed=77K/sec
""")
    assert array.members == tuple(MdstatMember(*member) for member in members)
    assert (array.slots, array.picture) == ((len(working), sum(working)), picture)
    assert array.sync == MdstatSync("resync", done, blocks, 77, 12.5)
