from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
from database_stand import NOWHERE, TEST_DATABASE_URL, DatabaseStand, open_test_database
from psycopg.sql import SQL, Identifier

from example_server.config import read_config
from example_server.database.database import (
    Database,
    Statement,
    open_database,
)
from example_server.database.select import (
    Filter,
    Selection,
    select_statement,
)
from example_server.database.tables import Catalog, Table
from example_server.errors import ToolError

needs_database = pytest.mark.skipif(
    TEST_DATABASE_URL is None, reason="TEST_DATABASE_URL names no database"
)


@pytest.fixture
def stand() -> Iterator[DatabaseStand]:
    with open_test_database(TEST_DATABASE_URL or "") as opened:
        yield opened


@pytest.fixture
async def database(stand: DatabaseStand) -> AsyncIterator[Database]:
    config = read_config([], {**stand.env, "STATEMENT_TIMEOUT_MS": "500"})
    async with open_database(config) as opened:
        yield opened


@pytest.fixture
def catalog(stand: DatabaseStand, database: Database) -> Catalog:
    return Catalog(database, [f"{stand.schema}.planets"])


@needs_database
async def test_only_listed_tables_are_there(stand: DatabaseStand, catalog: Catalog) -> None:
    assert await catalog.tables() == [
        Table(stand.schema, "planets", is_view=False, comment="Most of them")
    ]
    with pytest.raises(ToolError) as raised:
        await catalog.describe(f"{stand.schema}.secrets")
    assert raised.value.code == "TABLE_UNKNOWN"


@needs_database
async def test_columns_have_types(stand: DatabaseStand, catalog: Catalog) -> None:
    described = await catalog.describe(f"{stand.schema}.planets")

    assert [(column.name, column.type, column.is_nullable) for column in described.columns] == [
        ("name", "text", False),
        ("moons", "integer", False),
        ("found", "date", True),
    ]


@needs_database
async def test_a_value_stays_a_value(
    stand: DatabaseStand, database: Database, catalog: Catalog
) -> None:
    table = await catalog.describe(f"{stand.schema}.planets")
    filters = [Filter(column="name", operator="=", value="x' or '1'='1")]

    assert await database.read(select_statement(Selection(table, filters=filters))) == []


@needs_database
async def test_nothing_can_be_written(stand: DatabaseStand, database: Database) -> None:
    text = SQL("insert into {}.planets values ('Pluto', 5, null)").format(Identifier(stand.schema))

    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        await database.read(Statement(text))


@needs_database
async def test_a_statement_that_takes_too_long_is_stopped_and_the_next_one_works(
    database: Database,
) -> None:
    with pytest.raises(ToolError) as raised:
        await database.read(Statement(SQL("select pg_sleep(20)")))
    assert raised.value.code == "QUERY_TIMEOUT"

    assert await database.read(Statement(SQL("select 1 as one"))) == [{"one": 1}]


@needs_database
async def test_a_value_of_the_wrong_type_is_refused(
    stand: DatabaseStand, database: Database, catalog: Catalog
) -> None:
    table = await catalog.describe(f"{stand.schema}.planets")
    filters = [Filter(column="moons", operator="=", value="many")]

    with pytest.raises(ToolError) as raised:
        await database.read(select_statement(Selection(table, filters=filters)))

    assert raised.value.code == "BAD_VALUE"


async def test_a_database_that_is_not_there_is_a_failure_that_may_pass() -> None:
    async with open_database(read_config([], {"DATABASE_URL": NOWHERE})) as database:
        with pytest.raises(ToolError) as raised:
            await database.read(Statement(SQL("select 1")))

    assert (raised.value.code, raised.value.is_passing) == ("DATABASE_UNREACHABLE", True)
