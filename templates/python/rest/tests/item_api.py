"""A stand-in that is as strict as the API it stands for: token, paging, status codes."""

from urllib.parse import parse_qs, urlsplit

from loopback_api import Received, Reply

TOKEN = "token-of-the-tests"

ALL = [{"id": f"i{index}", "name": f"Item {index}", "internal": True} for index in range(120)]


def reply(request: Received) -> Reply:
    if request.headers.get("authorization") != f"Bearer {TOKEN}":
        return Reply(status=401, body={"error": "no token"})
    target = urlsplit(request.target)
    if target.path == "/v1/items" and request.method == "GET":
        return _list({name: values[0] for name, values in parse_qs(target.query).items()})
    if target.path == "/v1/items" and request.method == "POST":
        return Reply(status=201, body={"id": "new", "name": request.body["name"]})
    found = next((item for item in ALL if target.path == f"/v1/items/{item['id']}"), None)
    if request.method == "GET" and found:
        return Reply(body=found)
    return Reply(status=404, body={"error": "no such item"})


def _list(query: dict[str, str]) -> Reply:
    limit = int(query.get("limit", "0"))
    if not 1 <= limit <= 50:
        return Reply(status=400, body={"error": "limit has to be 1 to 50"})
    search = query.get("search", "").lower()
    matching = [item for item in ALL if search in str(item["name"]).lower()]
    start = int(query.get("cursor", "0"))
    rest = str(start + limit) if start + limit < len(matching) else None
    return Reply(body={"items": matching[start : start + limit], "next": rest})
