"""Breaks each rule that keeps the data on purpose, one breakage at a time: the suite must notice.

A mutation is switched on by the environment variable BOOTMIRROR_TEST_MUTATION, which only the tests
read (``tests/conftest.py``). ``python -m tests.mutations.run`` tries them all.
"""
