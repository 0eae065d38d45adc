"""The nouns of a district: one name each, everywhere (code, tables, menus, docs).

This table is the single truth about what a noun is called, which fields it has and what kind of
geometry it carries. The store builds its tables from it, importers check frames against it, panels
take their titles from it. Chinese terms stand in ``docs/glossary.md`` as well.
"""

from __future__ import annotations

from mapdesk.model.noun import Field, Noun

_SOURCE = Field("source", refers_to="source")
"""Which imported source a row came from: attribution on the map is read off it."""

_LEVEL = (Field("bridge", "bool"), Field("tunnel", "bool"), Field("layer", "int"), _SOURCE)
"""What a line runs on or in; of lines that cross, the one of the higher layer lies above."""

_ALL = (
    Noun(
        "source",
        "Sources",
        "数据来源",
        None,
        (
            Field("title", required=True),
            Field("attribution"),
            Field("licence"),
            Field("imported_at", "datetime"),
        ),
    ),
    Noun(
        "grid",
        "Grids",
        "网格",
        "polygon",
        (
            Field("code"),
            Field("name"),
            Field("level", "int", required=True),
            Field("kind"),
            Field("parent_id", refers_to="grid"),
            Field("population", "int"),  # as its source published it, not the register's own count
            Field("valid_from", "date"),
            Field("valid_to", "date"),
            _SOURCE,
        ),
    ),
    Noun(
        "block",
        "Blocks",
        "街坊",
        "polygon",
        (Field("grid_id", refers_to="grid"), Field("kind"), Field("name"), _SOURCE),
    ),
    Noun(
        "land_use",
        "Land use",
        "用地",
        "polygon",
        (Field("kind", required=True), Field("name"), Field("height", "float", unit="m"), _SOURCE),
    ),
    Noun(
        "building",
        "Buildings",
        "建筑",
        "polygon",
        (
            Field("name"),
            Field("address"),
            Field("use"),
            Field("floors", "int"),
            Field("height", "float", unit="m"),
            Field("base", "float", unit="m"),
            Field("year_built", "int"),
            Field("grid_id", refers_to="grid"),
            _SOURCE,
        ),
    ),
    Noun(
        "unit",
        "Units",
        "房屋单元",
        None,
        (
            Field("building_id", required=True, refers_to="building"),
            Field("stair"),
            Field("floor", "int", required=True),
            Field("room"),
            Field("use"),
            Field("area", "float", unit="m²"),
        ),
    ),
    Noun(
        "household",
        "Households",
        "住户",
        None,
        (
            Field("unit_id", required=True, refers_to="unit"),
            Field("kind"),
            Field("vehicles", "int"),
            Field("pets", "int"),
        ),
        personal=True,
    ),
    Noun(
        "person",
        "People",
        "人员",
        None,
        (
            Field("household_id", refers_to="household"),
            Field("unit_id", refers_to="unit"),
            Field("building_id", refers_to="building"),
            Field("name", required=True, mask="name"),
            Field("sex"),
            Field("birth_date", "date", mask="year"),
            Field("identity_number", mask="identity"),
            Field("phone", mask="phone"),
            Field("education"),
            Field("residence_kind"),
            Field("relation"),
            Field("care_flag"),
        ),
        personal=True,
    ),
    Noun(
        "camera",
        "Cameras",
        "摄像头",
        "point",
        (
            Field("name"),
            Field("owner"),
            Field("purpose"),
            Field("status"),
            Field("address"),
            Field("z", "float", unit="m"),
            Field("azimuth", "float", unit="deg"),
            Field("tilt", "float", unit="deg"),
            Field("field_of_view", "float", unit="deg"),
            Field("range", "float", unit="m"),
            Field("main_stream", secret=True),
            Field("sub_stream", secret=True),
            _SOURCE,
        ),
    ),
    Noun(
        "department",
        "Departments",
        "部门",
        None,
        (Field("name", required=True), Field("name_zh"), Field("phone")),
    ),
    Noun(
        "worker",
        "Workers",
        "网格员",
        "point",
        (
            Field("name", required=True),
            Field("role"),
            Field("skills"),
            Field("grid_id", refers_to="grid"),
            Field("department_id", refers_to="department"),
            Field("shift"),
            Field("phone", mask="phone"),
            Field("on_gps", "bool"),
            Field("status"),
            _SOURCE,
        ),
    ),
    Noun(
        "incident_class",
        "Incident classes",
        "事件分类",
        None,
        (
            Field("parent_id", refers_to="incident_class"),
            Field("name", required=True),
            Field("name_zh"),
            Field("department_id", refers_to="department"),
            Field("severity", "int"),
        ),
    ),
    Noun(
        "incident",
        "Incidents",
        "事件",
        "point",
        (
            Field("class_id", refers_to="incident_class"),
            Field("title", required=True),
            Field("severity", "int"),
            Field("status"),
            Field("reported_at", "datetime"),
            Field("closed_at", "datetime"),
            Field("department_id", refers_to="department"),
            Field("worker_id", refers_to="worker"),
            Field("building_id", refers_to="building"),
            Field("grid_id", refers_to="grid"),
            Field("address"),
            _SOURCE,
        ),
    ),
    Noun(
        "organisation",
        "Organisations",
        "单位",
        "point",
        (
            Field("name", required=True),
            Field("kind"),
            Field("hazard_grade"),
            Field("contact_name", mask="name"),
            Field("contact_phone", mask="phone"),
            Field("fire_equipment"),
            Field("address"),
            Field("building_id", refers_to="building"),
            _SOURCE,
        ),
    ),
    Noun(
        "component",
        "Components",
        "部件",
        "point",
        (
            Field("kind", required=True),
            Field("name"),
            Field("status"),
            Field("department_id", refers_to="department"),
            _SOURCE,
        ),
    ),
    Noun(
        "sensor",
        "Sensors",
        "传感器",
        "point",
        (
            Field("name"),
            Field("kind", required=True),
            Field("status"),
            Field("building_id", refers_to="building"),
            Field("value", "float"),
            Field("measured_unit"),
            Field("measured_at", "datetime"),
            _SOURCE,
        ),
    ),
    Noun(
        "reading",
        "Readings",
        "读数",
        None,
        (
            Field("sensor_id", required=True, refers_to="sensor"),
            Field("at", "datetime", required=True),
            Field("value", "float"),
        ),
    ),
    Noun(
        "threshold",
        "Thresholds",
        "阈值",
        None,
        (
            Field("sensor_kind", required=True),
            Field("low", "float"),
            Field("high", "float"),
            Field("severity", "int"),
        ),
    ),
    Noun(
        "resource",
        "Resources",
        "应急资源",
        "point",
        (Field("name"), Field("kind", required=True), Field("capacity", "int"), _SOURCE),
    ),
    Noun(
        "landmark",
        "Landmarks",
        "地标模型",
        "point",
        (
            Field("name"),
            Field("file", required=True),
            Field("base", "float", unit="m"),
            Field("heading", "float", unit="deg"),
            Field("scale", "float"),
            _SOURCE,
        ),
    ),
    Noun(
        "panorama",
        "Panoramas",
        "街景",
        "point",
        (
            Field("name"),
            Field("file", required=True),
            Field("heading", "float", unit="deg"),
            Field("height", "float", unit="m"),
            Field("taken_at", "datetime"),
            _SOURCE,
        ),
    ),
    Noun(
        "road",
        "Roads",
        "道路",
        "line",
        (
            Field("name"),
            Field("kind"),
            Field("oneway", "bool"),
            Field("max_speed", "float", unit="km/h"),
            Field("width", "float", unit="m"),
            *_LEVEL,
        ),
    ),
    Noun(
        "railway",
        "Railways",
        "轨道线路",
        "line",
        (Field("name"), Field("kind"), Field("track_use"), *_LEVEL),
    ),
    Noun(
        "address",
        "Addresses",
        "地址",
        "point",
        (
            Field("text", required=True),
            Field("street"),
            Field("number"),
            Field("building_id", refers_to="building"),
            _SOURCE,
        ),
    ),
)

NOUNS: dict[str, Noun] = {noun.key: noun for noun in _ALL}
"""Every noun by key, referenced nouns before those that refer to them."""

PLACED = tuple(noun.key for noun in _ALL if noun.geometry)
"""Keys of the nouns that have geometry."""

POINTS = tuple(noun.key for noun in _ALL if noun.geometry == "point")
"""Keys of the nouns that are points: those `nearest` answers for."""

EDITED_PLACES = ("grid", "building", "organisation")
"""Keys of the places whose fields are corrected by hand, with a history."""

CONTACT = tuple(field.name for field in NOUNS["organisation"].fields if field.mask)
"""Fields of an organisation that name somebody: read in full and edited by who corrects the register."""

UNIT_USES = ("own", "let", "vacant", "business", "shop")
"""What a unit is used for, in the order of legends."""

GRID_KINDS = ("residential", "public", "employer")

BUILDING_USES = (
    *("residential", "commercial", "office", "school"),
    *("hospital", "industrial", "public", "other"),
)

CAMERA_PURPOSES = ("traffic", "public order", "fire lane", "flood", "industrial safety", "park")

WORKER_STATUSES = ("available", "busy", "off duty")

SEVERITIES = {1: "minor", 2: "ordinary", 3: "serious", 4: "major"}

ROAD_KINDS = {
    "trunk": "Trunk road",
    "primary": "Main road",
    "secondary": "Secondary road",
    "tertiary": "Street",
    "residential": "Street",
    "service": "Service road",
    "path": "Path",
}
"""Kinds of roads, the greatest first, and what people call them."""

RAILWAY_KINDS = ("rail", "light_rail", "subway", "tram")

TRACK_USES = ("yard", "siding", "spur", "crossover")
"""What a track that is not of a line serves for."""

LAND_USES = (
    *("residential", "commercial", "industrial", "school", "hospital", "public"),
    *("park", "grass", "forest", "square", "parking", "water", "farmland", "hill"),
)
