"""Texts for the property tests: anything a file can hold, and things that look like the format."""

from hypothesis import strategies as st

# Bytes that were no UTF-8 come in as lone surrogates.
raw = st.binary(max_size=400).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
anything = raw | st.text(max_size=400)


def soup(*pieces: str) -> st.SearchStrategy[str]:
    """Texts made of a format's own words and signs, well or badly put together."""
    blanks = (" ", "\t", "\n", "\n\n", "\r\n")
    signs = (*blanks, "#", "=", '"', "'", "\\", "0", "1", "\0", "\udcff", "é")
    return st.lists(st.sampled_from([*pieces, *signs]), max_size=60).map("".join)


# A megabyte in one line; of what makes many words or complaints, a little less.
LONG = [
    *(char * 1_000_000 for char in "x#\\,9"),
    *(char * 100_000 for char in ("x ", '"', "=", "a=", "\n", "$`", "'\n", "<a")),
]
