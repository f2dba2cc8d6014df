import json

from ..errors import ToolError

MOST_SHOWN = 500
"""Most characters of an answer that are shown."""


def failure_of(status: int, body: object) -> ToolError:
    """What an answer with an error status means to the caller."""
    said = "" if body is None else f" It says: {_shown(body)}"
    if status in (401, 403):
        return ToolError(
            "API_UNAUTHORIZED",
            f"The API refuses access ({status}).{said}",
            hint="Check API_TOKEN and what it is allowed to do.",
        )
    if status == 404:
        return ToolError("NOT_FOUND", f"The API has nothing there (404).{said}")
    if status == 429:
        return ToolError(
            "API_RATE_LIMITED",
            f"The API takes no more requests for now.{said}",
            hint="Try again later.",
            is_passing=True,
        )
    if status >= 500:
        return ToolError("API_FAILED", f"The API failed ({status}).{said}", is_passing=True)
    return ToolError("API_REFUSED", f"The API refuses the request ({status}).{said}")


def _shown(body: object) -> str:
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    return f"{text[:MOST_SHOWN]}…" if len(text) > MOST_SHOWN else text
