"""Composition root: main window, actions, jobs, settings, plugin loader."""
