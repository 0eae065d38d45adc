"""mapdesk: the map a city sub-district runs on."""

__version__ = "0.1.0"
