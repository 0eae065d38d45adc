"""Alembic looks for this file; `mapdesk.store.migrations.upgrade` does its work."""
