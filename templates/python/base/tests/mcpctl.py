"""Tests the server from outside: `mcpctl test-server`."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from running import DEADLINE_S

FOLDER: Final = Path(__file__).parent.parent


def find_mcpctl() -> str | None:
    """The program that MCPCTL names, or the one on PATH; None where there is none."""
    return shutil.which(os.environ.get("MCPCTL", "mcpctl"))


def verdicts_of(program: str, env: Mapping[str, str], skip: Sequence[str]) -> list[dict[str, Any]]:
    """What its checks say, but for some; each verdict has an `id`, a `status` and `problems`."""
    skipped = [word for check in skip for word in ("--skip", check)]
    done = subprocess.run(
        [program, "test-server", str(FOLDER), "--json", "--timeout", "60s", *skipped],
        env={**os.environ, **env},
        capture_output=True,
        encoding="utf-8",
        timeout=5 * DEADLINE_S,
    )
    try:
        answer = json.loads(done.stdout)
    except json.JSONDecodeError:
        raise AssertionError(f"mcpctl did not answer.\n{done.stdout}\n{done.stderr}") from None
    if not answer["ok"]:
        raise AssertionError(answer["error"]["message"])
    verdicts: list[dict[str, Any]] = answer["data"]["verdicts"]
    return verdicts
