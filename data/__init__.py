"""Files mapdesk brings along, read through importlib.resources as `mapdesk_data`."""
