from collections.abc import Iterator
from contextlib import contextmanager

from database_stand import NOWHERE, TEST_DATABASE_URL, open_test_database
from example_type import Example

WRONG = {"table": 7}


@contextmanager
def open_example() -> Iterator[Example]:
    """Without a database the protocol is tested with a refusal."""
    if TEST_DATABASE_URL is None:
        yield Example(
            env={"DATABASE_URL": NOWHERE},
            tool="select_rows",
            arguments={"table": "planets"},
            refusal="DATABASE_UNREACHABLE",
            wrong=WRONG,
        )
        return
    with open_test_database(TEST_DATABASE_URL) as stand:
        yield Example(
            env=stand.env,
            tool="select_rows",
            arguments={
                "table": f"{stand.schema}.planets",
                "filters": [{"column": "moons", "operator": ">", "value": 5}],
            },
            structured={
                "rows": [{"name": "Neptune", "moons": 16, "found": "1846-09-23"}],
                "has_more": False,
            },
            wrong=WRONG,
            resource="database://tables",
        )
