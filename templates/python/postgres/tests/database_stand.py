"""A schema of its own in the database that TEST_DATABASE_URL names."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg.sql import SQL, Identifier

TEST_DATABASE_URL = os.environ.get("TEST_DATABASE_URL")

NOWHERE = "postgres://nobody@127.0.0.1:1/none"
"""Nobody listens there."""


@dataclass(frozen=True)
class DatabaseStand:
    schema: str
    env: dict[str, str]


@contextmanager
def open_test_database(url: str) -> Iterator[DatabaseStand]:
    """A schema with a table `planets` that may be read and a table `secrets` that may not."""
    schema = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        statements = (
            SQL("create schema {schema}"),
            SQL(
                "create table {schema}.planets "
                "(name text primary key, moons int not null, found date)"
            ),
            SQL(
                "insert into {schema}.planets values ('Mercury', 0, null), ('Earth', 1, null), "
                "('Neptune', 16, '1846-09-23')"
            ),
            SQL("comment on table {schema}.planets is 'Most of them'"),
            SQL("create table {schema}.secrets (value text)"),
        )
        for statement in statements:
            connection.execute(statement.format(schema=Identifier(schema)))
        try:
            yield DatabaseStand(
                schema, {"DATABASE_URL": url, "ALLOWED_TABLES": f"{schema}.planets"}
            )
        finally:
            connection.execute(SQL("drop schema {} cascade").format(Identifier(schema)))
