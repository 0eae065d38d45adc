"""Districts of an older mapdesk open with all that was in them, and keep a copy of what they were."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
import sqlalchemy as sa

from mapdesk.model.access import Access
from mapdesk.model.errors import InputError
from mapdesk.services import districts, residents, retention
from mapdesk.store import map_items, migrations, people, places, writing
from mapdesk.store.database import DATABASE, Store
from mapdesk.store.engines import embedded, shared
from mapdesk.store.migrations.copying import rebuild_table
from mapdesk.store.schema import RESIDENT, SCHEMA_VERSION
from tests.postgres import PostgresServer

PEOPLE = [
    ("P1", "王建国", "male", "1950-02-03", "head"),
    ("P2", "李秀英", "female", "1952-11-30", "spouse"),
    ("P3", "王小明", "male", None, "child"),
]


def fill_first_schema(connection: sa.Connection) -> None:
    """Write a house with one household by SQL of the first schema alone."""
    square = shapely.to_wkb(shapely.box(0, 0, 10, 10))
    asked = sa.text("UPDATE building SET geometry = ST_GeomFromWKB(:wkb)")
    for statement in (
        "INSERT INTO source (id, title) VALUES ('s', 'A register')",
        "INSERT INTO grid (id, name, level) VALUES ('G1', 'First grid', 4)",
        "INSERT INTO building (id, name, grid_id, source) VALUES ('B1', 'House', 'G1', 's')",
        "INSERT INTO unit (id, building_id, floor, room) VALUES ('U1', 'B1', 3, '301')",
        "INSERT INTO household (id, unit_id, kind) VALUES ('H1', 'U1', 'family')",
    ):
        connection.exec_driver_sql(statement)
    connection.execute(asked, {"wkb": square})
    connection.exec_driver_sql("INSERT INTO road (id, name, kind) VALUES ('X1', 'Quay', 'primary')")
    for key, name, sex, born, relation in PEOPLE:
        connection.execute(
            sa.text(
                "INSERT INTO person (id, name, sex, birth_date, relation, household_id, unit_id,"
                " building_id) VALUES (:id, :name, :sex, CAST(:born AS DATE), :relation, 'H1',"
                " 'U1', 'B1')"
            ),
            {"id": key, "name": name, "sex": sex, "born": born, "relation": relation},
        )
        connection.execute(
            sa.text("INSERT INTO resident (id, name, building_id) VALUES (:id, :name, 'B1')"),
            {"id": key, "name": name},
        )


@pytest.fixture
def first_folder(tmp_path: Path) -> Path:
    """A district as the first released schema has it."""
    folder = tmp_path / "old"
    districts.create_district(folder, "Old", "EPSG:32650").close()
    (folder / DATABASE).unlink()
    engine = embedded.make_engine(folder / DATABASE, folder / "cache" / "spill")
    migrations.upgrade(engine, "0001")
    with engine.begin() as connection:
        embedded.DuckDB().load_spatial(connection)
        fill_first_schema(connection)
    engine.dispose()
    return folder


def test_a_district_of_the_first_schema_opens_with_all_its_people(first_folder: Path):
    with districts.open_district(first_folder) as store:
        access = Access.owner("looking after the move")
        shown = residents.people_of_building(store, access, "B1")
        assert {row["id"]: (row["floor"], row["room"]) for row in shown} == {
            key: (3, "301") for key, *_rest in PEOPLE
        }
        assert people.person(store, "P1")["name"] == "王建国"
        assert places.row(store, "building", "B1")["geometry"].area == 100
        quay = places.row(store, "road", "X1")
        assert {name: quay[name] for name in ("name", "bridge", "tunnel", "layer")} == {
            "name": "Quay", "bridge": None, "tunnel": None, "layer": None,
        }  # fmt: skip
        assert places.counts(store)["railway"] == 0
        with store.connect() as connection:
            flat = connection.execute(
                sa.select(
                    RESIDENT.c.id, RESIDENT.c.grid_id, RESIDENT.c.born, RESIDENT.c.initials
                ).order_by(RESIDENT.c.id)
            ).all()
            version = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        assert [tuple(row) for row in flat] == [
            ("P1", "G1", 19500203, "wjg"),
            ("P2", "G1", 19521130, "lxy"),
            ("P3", "G1", None, "wxm"),
        ]
        assert version == SCHEMA_VERSION
        found = residents.find_people(store, access, "wjg")
        assert [row["id"] for row in found] == ["P1"]


def test_the_copy_kept_beside_it_is_the_old_district(first_folder: Path, tmp_path: Path):
    before = (first_folder / DATABASE).read_bytes()
    with districts.open_district(first_folder) as store:
        assert "out of reach of rules: store-0001.duckdb." in retention.told_copies(store)
    assert (first_folder / "store-0001.duckdb").read_bytes() == before
    back = tmp_path / "back"
    shutil.copytree(first_folder, back)
    (back / "store-0001.duckdb").replace(back / DATABASE)
    with districts.open_district(back) as store:
        assert places.counts(store)["person"] == len(PEOPLE)


def test_a_migration_that_fails_leaves_the_district_as_it_was(first_folder: Path):
    engine = embedded.make_engine(first_folder / DATABASE, first_folder / "cache" / "spill")
    with engine.begin() as connection:
        # The migration makes a table of this name: it fails in the middle.
        connection.exec_driver_sql("CREATE TABLE staged (mine TEXT)")
    engine.dispose()
    with pytest.raises(sa.exc.DBAPIError):
        districts.open_district(first_folder)
    engine = embedded.make_engine(first_folder / DATABASE, first_folder / "cache" / "spill")
    with engine.begin() as connection:
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "0001"
        tables = set(sa.inspect(connection).get_table_names())
        assert "batch" not in tables
        connection.exec_driver_sql("DROP TABLE staged")
    engine.dispose()
    with districts.open_district(first_folder) as store:
        assert places.counts(store)["person"] == len(PEOPLE)


@pytest.fixture
def second_server(postgres: PostgresServer) -> str:
    """A district on a server as the second released schema has it; servers have none of the first."""
    url = postgres.new_database()
    districts.create_district(url, "Old", "EPSG:32650").close()
    engine = shared.make_engine(sa.make_url(url))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE map_item, landmark, panorama, railway CASCADE")
        for column in ("bridge", "tunnel", "layer"):
            connection.exec_driver_sql(f"ALTER TABLE road DROP COLUMN {column}")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
        fill_first_schema(connection)
    engine.dispose()
    return url


def test_a_server_keeps_its_tables_beside_and_goes_on(second_server: str):
    with districts.open_district(second_server) as store:
        assert places.counts(store)["person"] == len(PEOPLE)
        assert (places.counts(store)["road"], places.counts(store)["railway"]) == (1, 0)
        assert places.row(store, "road", "X1")["layer"] is None
        map_items.save(store, "bookmark", "Harbour", {"x": 1.0})
        with store.connect() as connection:
            kept = connection.exec_driver_sql("SELECT name FROM mapdesk_0002.person ORDER BY id")
            assert kept.scalars().all() == [name for _id, name, *_rest in PEOPLE]
            tables = sa.inspect(connection).get_table_names("mapdesk_0002")
            assert "map_item" not in tables
            assert "batch" in tables
            granted = "SELECT has_schema_privilege('public', 'mapdesk_0002', 'USAGE')"
            assert not connection.exec_driver_sql(granted).scalar()
        assert "out of reach of rules: mapdesk_0002." in retention.told_copies(store)
        with store.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA mapdesk_0002 CASCADE")
        assert retention.told_copies(store) == ""


def test_a_district_of_a_newer_mapdesk_is_left_alone(town_folder: Path):
    with districts.open_district(town_folder) as store, store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(InputError, match="newer than this mapdesk"):
        districts.open_district(town_folder)
    assert not list(town_folder.glob("store-*.duckdb"))


# ------------------------------------------------------------------ where ALTER cannot


@pytest.fixture
def reading(empty: Store) -> Iterator[sa.Connection]:
    """A table with an index and three rows, in a transaction."""
    with writing.transaction(empty) as connection:
        connection.exec_driver_sql(
            "CREATE TABLE sample (id VARCHAR PRIMARY KEY, level VARCHAR, note VARCHAR)"
        )
        connection.exec_driver_sql("CREATE INDEX sample_level ON sample (level)")
        connection.exec_driver_sql(
            "INSERT INTO sample VALUES ('a', '1', 'x'), ('b', '2', NULL), ('c', NULL, 'z')"
        )
    with empty.engine.connect() as connection:
        changes = connection.begin()
        yield connection
        if changes.is_active:
            changes.commit()


def rows_of(connection: sa.Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM sample ORDER BY id")]


def test_a_type_changes_under_an_index(reading: sa.Connection):
    columns = [
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("level", sa.BigInteger),
        sa.Column("note", sa.String),
    ]
    made = rebuild_table("sample", columns, indexes={"sample_level": ["level"]}, connection=reading)
    assert made == 3
    assert rows_of(reading) == [("a", 1, "x"), ("b", 2, None), ("c", None, "z")]
    reading.exec_driver_sql("INSERT INTO sample VALUES ('d', 7, NULL)")


def test_the_index_and_the_key_are_there_again(reading: sa.Connection):
    columns = [sa.Column("id", sa.String, primary_key=True), sa.Column("level", sa.BigInteger)]
    rebuild_table("sample", columns, indexes={"sample_level": ["level"]}, connection=reading)
    catalogue = {"duckdb": "duckdb_indexes()", "postgresql": "pg_indexes"}
    column = {"duckdb": "index_name", "postgresql": "indexname"}
    name = reading.dialect.name
    query = f"SELECT {column[name]} FROM {catalogue[name]}"
    assert "sample_level" in reading.exec_driver_sql(query).scalars().all()
    with pytest.raises(sa.exc.IntegrityError):
        reading.exec_driver_sql("INSERT INTO sample VALUES ('a', 9)")


def test_a_column_becomes_required_with_a_value_for_what_lacks_it(reading: sa.Connection):
    columns = [
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("level", sa.BigInteger, nullable=False),
        sa.Column("added", sa.String),
    ]
    level = sa.func.coalesce(sa.cast(sa.column("level"), sa.BigInteger), 0)
    rebuild_table("sample", columns, {"level": level}, connection=reading)
    assert rows_of(reading) == [("a", 1, None), ("b", 2, None), ("c", 0, None)]


@pytest.mark.parametrize(
    ("name", "nullable"),
    [("level", False), ("note", True)],
    ids=["a value is missing", "a text is no number"],
)
def test_a_row_that_does_not_fit_gives_one_sentence(
    reading: sa.Connection, name: str, nullable: bool
):
    columns = [
        sa.Column("id", sa.String, primary_key=True),
        sa.Column(name, sa.BigInteger, nullable=nullable),
    ]
    with pytest.raises(InputError, match="The table sample cannot be brought"):
        rebuild_table("sample", columns, connection=reading)
    reading.get_transaction().rollback()
    assert len(rows_of(reading)) == 3
