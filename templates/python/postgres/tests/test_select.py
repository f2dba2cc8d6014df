import pytest

from example_server.database.select import (
    Filter,
    Order,
    Selection,
    select_statement,
)
from example_server.database.tables import (
    Column,
    Described,
    Table,
)
from example_server.errors import ToolError

PLANETS = Described(
    Table("public", "planets", is_view=False, comment=None),
    [
        Column("name", "text", is_nullable=False, comment=None),
        Column('odd"one', "text", is_nullable=True, comment=None),
    ],
)


def test_values_are_parameters_and_names_are_quoted() -> None:
    evil = "'; drop table planets; --"

    statement = select_statement(
        Selection(
            PLANETS,
            columns=['odd"one'],
            filters=[Filter(column="name", operator="=", value=evil)],
            order=[Order(column="name", direction="desc")],
            limit=10,
        )
    )

    text = statement.text.as_string()
    assert "drop" not in text
    assert (
        'select "odd""one" from "public"."planets" where "name" = %(p1)s '
        'order by "name" desc limit %(p2)s offset %(p3)s'
    ) in text
    assert statement.values == {"p1": evil, "p2": 10, "p3": 0}


@pytest.mark.parametrize(
    "selection",
    [
        Selection(PLANETS, columns=["name; drop table planets"]),
        Selection(PLANETS, filters=[Filter(column="1=1 or name", operator="=", value=1)]),
        Selection(PLANETS, order=[Order(column="random()")]),
    ],
)
def test_only_columns_of_the_table_are_names(selection: Selection) -> None:
    with pytest.raises(ToolError) as raised:
        select_statement(selection)

    assert raised.value.code == "COLUMN_UNKNOWN"


def test_null_has_no_value_everything_else_needs_one() -> None:
    empty = Selection(PLANETS, filters=[Filter(column="name", operator="is null")])
    assert 'where "name" is null' in select_statement(empty).text.as_string()

    with pytest.raises(ToolError, match="needs a value"):
        select_statement(Selection(PLANETS, filters=[Filter(column="name", operator="=")]))
