"""Live data in: where workers are now."""
