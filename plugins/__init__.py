"""Plugins mapdesk ships, one folder each; they import `mapdesk.api` only."""
