import pytest
from example_type import Example
from mcpctl import find_mcpctl, verdicts_of


def test_passes_the_checks_of_mcpctl(example: Example) -> None:
    program = find_mcpctl()
    if program is None:
        pytest.skip("mcpctl is not installed: npm install --global mcpctl")
    # Resources may need something that is not there.
    skip = [] if example.resource else ["resources-readable"]

    verdicts = verdicts_of(program, example.env, skip)

    assert [one for one in verdicts if one["status"] == "failed"] == []
