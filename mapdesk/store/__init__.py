"""The only SQL: tables, queries, migrations and the audit record of one district."""
