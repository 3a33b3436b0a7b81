"""The mutation check itself: each rule is broken, and what should notice is there, and does."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutations import suite, switch
from tests.mutations.outcome import Verdict
from tests.mutations.patching import Inapplicable, swap
from tests.mutations.registry import MUTATIONS, RULES

TOP = Path(__file__).resolve().parents[2]
WHOLE = pytest.mark.skipif(bool(switch.chosen()), reason="the product is broken on purpose")


def _rules_of_the_design() -> list[int]:
    text = (TOP / "docs" / "design.md").read_text()
    section = text.partition("## Rules that keep the data\n")[2].partition("\n## ")[0]
    return [int(number) for number in re.findall(r"^(\d+)\. ", section, re.MULTILINE)]


def test_every_rule_of_the_design_is_broken() -> None:
    assert _rules_of_the_design() == [*RULES] == sorted({m.rule for m in MUTATIONS})
    assert len({m.name for m in MUTATIONS}) == len(MUTATIONS)


@pytest.mark.parametrize("test", sorted({m.caught_by for m in MUTATIONS}))
def test_what_should_notice_is_there(test: str) -> None:
    path, _, name = test.partition("::")
    tree = ast.parse((TOP / path).read_text())
    assert name in {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", [m.name for m in MUTATIONS if not m.fast])
def test_what_only_a_booted_machine_notices_still_breaks_something(name: str) -> None:
    code = "from tests.mutations.switch import apply_chosen; apply_chosen()"
    environment = {**os.environ, "PYTHONPATH": str(TOP), switch.VARIABLE: name}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True, cwd=TOP)


@pytest.mark.parametrize("target", [
    "bootmirror.host.host:Host.no_such", "bootmirror.no_such:Host", "bootmirror.host.host:No.run",
    "bootmirror.kinds.grub_bios:GrubBios.update"])  # inherited: breaking it would break more
def test_a_mutation_of_what_is_gone_is_no_mutation(target: str) -> None:
    with pytest.raises(Inapplicable):
        swap(target, lambda original: original)


def test_a_suite_without_a_failure_is_not_taken_for_one_that_caught() -> None:
    first = suite.FirstFailure()
    assert suite.told(pytest.ExitCode.OK, first)["verdict"] == Verdict.PASSED
    for code in (pytest.ExitCode.NO_TESTS_COLLECTED, pytest.ExitCode.USAGE_ERROR,
                 pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.TESTS_FAILED):
        assert suite.told(code, first)["verdict"] == Verdict.ERROR
    first.test = "tests/unit/test_it.py::test_it"
    assert suite.told(pytest.ExitCode.TESTS_FAILED, first)["verdict"] == Verdict.CAUGHT
    first.faulty = "NameError"
    assert suite.told(pytest.ExitCode.TESTS_FAILED, first)["verdict"] == Verdict.ERROR


@WHOLE
def test_each_breakage_is_noticed() -> None:
    """About a minute: each in a process of its own, as ``script/mutations --fast`` does."""
    done = subprocess.run([sys.executable, "-m", "tests.mutations.run", "--fast"], cwd=TOP,
                          check=False, capture_output=True, text=True)
    count = sum(m.fast for m in MUTATIONS)
    last = done.stdout.rstrip().splitlines()[-1]
    assert last == f"mutations: {count} tried, {count} caught, 0 missed", done.stdout + done.stderr
    assert done.returncode == 0
