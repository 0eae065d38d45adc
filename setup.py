"""Says the one thing pyproject.toml cannot: two packages live in folders of another name.

``data/`` is installed as ``mapdesk_data`` and ``plugins/`` as ``mapdesk_plugins``, in the wheel and
in an editable install alike, so ``importlib.resources.files("mapdesk_data")`` finds both.
"""

from setuptools import find_packages, setup

setup(
    packages=[
        *find_packages(include=["mapdesk", "mapdesk.*"]),
        "mapdesk_data",
        "mapdesk_plugins",
        *(f"mapdesk_plugins.{name}" for name in find_packages("plugins")),
    ],
    package_dir={"mapdesk_data": "data", "mapdesk_plugins": "plugins"},
    package_data={
        "mapdesk": ["py.typed"],
        "mapdesk_data": ["**/*"],
        "mapdesk_plugins": ["**/*"],
    },
    exclude_package_data={"": ["**/__pycache__/*", "__pycache__/*"]},
    include_package_data=False,
)
