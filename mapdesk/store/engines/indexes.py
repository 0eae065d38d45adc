"""Secondary indexes of a district on PostgreSQL."""

from __future__ import annotations

INDEXES = (
    "CREATE INDEX ON resident (id)",
    "CREATE INDEX ON resident (building_id)",
    "CREATE INDEX ON resident (grid_id)",
    "CREATE INDEX ON resident (unit_id)",
    "CREATE INDEX ON resident (initials text_pattern_ops)",
    "CREATE INDEX ON resident USING gin (name gin_trgm_ops)",
    "CREATE INDEX ON person (household_id)",
    "CREATE INDEX ON person (unit_id)",
    "CREATE INDEX ON person (building_id)",
    "CREATE INDEX ON person (identity_number)",
    "CREATE INDEX ON person (reverse(replace(phone, '-', '')) text_pattern_ops)",
    "CREATE INDEX ON household (unit_id)",
    "CREATE INDEX ON unit (building_id)",
    "CREATE INDEX ON building (grid_id)",
    "CREATE INDEX ON building USING gist (geometry)",
    "CREATE INDEX ON grid USING gist (geometry)",
    "CREATE INDEX ON change (row_id)",
    "CREATE INDEX ON change (batch_id)",
)
"""Secondary indexes, which DuckDB does without: it scans sorted columns."""
