from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import psycopg
from psycopg.rows import DictRow, dict_row
from psycopg.sql import SQL, Composed

from ..settings import Settings
from .failure import failure_of

CONNECT_S = 5
"""Seconds to wait for a connection."""

Connection = psycopg.AsyncConnection[DictRow]


@dataclass(frozen=True)
class Statement:
    text: SQL | Composed
    values: Mapping[str, Any] = field(default_factory=dict)
    """Values of the placeholders; never part of the text."""


class Database:
    """Opens nothing at first: connections are made when needed, and again after they were lost."""

    def __init__(self, settings: Settings) -> None:
        self._address = settings.database_url
        self._timeout_ms = settings.statement_timeout_ms
        self._room = anyio.CapacityLimiter(settings.pool_size)
        self._idle: list[Connection] = []

    async def read(self, statement: Statement) -> Sequence[DictRow]:
        """Run one statement in a transaction that can only read, within the time allowed.

        Raises:
            ToolError: The database refuses, or cannot be reached.
        """
        try:
            # A second fence, should the database not keep to its own timeout.
            with anyio.fail_after(self._timeout_ms / 1000 + 2 * CONNECT_S):
                async with self._room:
                    return await self._read(statement)
        except (psycopg.Error, TimeoutError) as error:
            meaning = failure_of(error)
            if meaning is None:
                raise
            raise meaning from error

    async def _read(self, statement: Statement) -> Sequence[DictRow]:
        connection = await self._connect()
        try:
            await connection.execute("begin transaction read only")
            await connection.execute(
                "select set_config('statement_timeout', %s, true)", [str(self._timeout_ms)]
            )
            cursor = await connection.execute(statement.text, statement.values)
            rows: list[DictRow] = await cursor.fetchall()
            await connection.execute("commit")
        except BaseException:
            # It is closed instead of used again: its state is not certain.
            with anyio.CancelScope(shield=True):
                await connection.close()
            raise
        self._idle.append(connection)
        return rows

    async def _connect(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed and not connection.broken:
                return connection
        return await psycopg.AsyncConnection.connect(
            self._address.get_secret_value(),
            autocommit=True,
            connect_timeout=CONNECT_S,
            row_factory=dict_row,
        )

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings)
    try:
        yield database
    finally:
        await database.close()
