"""What wipefs answers with --json."""

from __future__ import annotations

from bootmirror.formats.wipefs import Signature, parse_wipefs

TWO = """{
   "signatures": [
      {
         "offset": "0x13f0000",
         "type": "linux_raid_member",
         "uuid": "11111111-2222-2222-3333-333344444444"
      },{
         "offset": "0x1fe",
         "type": "dos",
         "uuid": null
      }
   ]
}
"""


def test_every_signature_with_its_place() -> None:
    assert parse_wipefs(TWO) == (
        Signature(0x13F0000, "linux_raid_member", "11111111-2222-2222-3333-333344444444"),
        Signature(0x1FE, "dos", ""))


def test_a_blank_device() -> None:
    assert parse_wipefs('{\n   "signatures": [\n\n   ]\n}\n') == ()
    assert parse_wipefs("") == ()
