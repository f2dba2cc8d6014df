import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

RESOURCE: Final = "https://mcp.example.com/mcp"


class Issuer:
    """A stand-in for the issuer: metadata, keys, and tokens as asked for."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        public = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(self._key.public_key()))
        keys = {"keys": [{**public, "alg": "ES256", "kid": "test", "use": "sig"}]}
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                documents: dict[str, dict[str, Any]] = {
                    "/.well-known/oauth-authorization-server": {
                        "issuer": issuer.url,
                        "jwks_uri": f"{issuer.url}/keys",
                    },
                    "/keys": keys,
                }
                found = documents.get(self.path)
                body = json.dumps(found or {}).encode()
                self.send_response(200 if found else 404)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def sign(self, **claims: object) -> str:
        all_claims = {
            "iss": self.url,
            "aud": RESOURCE,
            "client_id": "tester",
            "scope": "read",
            "exp": int(time.time()) + 300,
            **claims,
        }
        return jwt.encode(all_claims, self._key, algorithm="ES256", headers={"kid": "test"})


@cache
def open_issuer() -> Issuer:
    """One for all tests; it ends with them."""
    return Issuer()


@contextmanager
def access_env() -> Iterator[dict[str, str]]:
    """What the tests have to set to be let in."""
    yield {"OAUTH_ISSUER": open_issuer().url, "OAUTH_RESOURCE": RESOURCE}


def caller_headers() -> dict[str, str]:
    """What the tests have to send to be let in."""
    return {"authorization": f"Bearer {open_issuer().sign()}"}
