"""The wheel holds everything mapdesk needs, and works where the clone is not.

The fresh environment borrows the third-party libraries of the one the tests run in (the long test
installs them too), but takes mapdesk from the wheel alone, starts in another folder, and may not
open a connection to any other machine.
"""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PREFIXES = {"mapdesk": "mapdesk", "data": "mapdesk_data", "plugins": "mapdesk_plugins"}

STAY_HOME = """\
import sys

def refuse(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple):
        if args[1][0] not in ("127.0.0.1", "::1", "localhost"):
            raise PermissionError(f"mapdesk tried to reach {args[1]}")
    if event == "socket.getaddrinfo" and args[0] not in (None, "", "localhost", "127.0.0.1", "::1"):
        raise PermissionError(f"mapdesk tried to look up {args[0]}")

sys.addaudithook(refuse)
"""


def shipped_files() -> list[str]:
    """Return what git would commit, relative to the clone."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return [name for name in listed.split("\0") if (ROOT / name).is_file()]


def run(*command, cwd, **kwargs):
    """Run a command that has to succeed and return what it printed."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        **kwargs,
    )
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from a copy, so that nothing left in the clone's build/ gets into it."""
    copy = tmp_path_factory.mktemp("source")
    for name in shipped_files():
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, copy, cwd=out)
    (built,) = out.glob("*.whl")
    return built


def in_environment(home: Path, what: str) -> Path:
    """Return a folder ("scripts", "purelib") of the environment at `home`."""
    base = {"base": str(home), "platbase": str(home), "installed_base": str(home)}
    return Path(sysconfig.get_path(what, "venv", vars=base))


def new_environment(home: Path) -> Path:
    """Create an environment with no pip in it and return its site-packages."""
    venv.EnvBuilder(symlinks=os.name == "posix").create(home)
    return in_environment(home, "purelib")


def cut_off(home: Path) -> None:
    """Let nothing that runs in the environment reach another machine from now on."""
    site = in_environment(home, "purelib")
    (site / "stay_home.py").write_text(STAY_HOME, "utf-8")
    (site / "stay_home.pth").write_text("import stay_home\n", "utf-8")


def install(home: Path, *what) -> None:
    """Install with the pip of the tests' own environment into that at `home`."""
    python = in_environment(home, "scripts") / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "-qq", *what, cwd=home)


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """An environment that has mapdesk from the wheel, and the libraries of this one."""
    home = tmp_path_factory.mktemp("environment")
    site = new_environment(home)
    # A plain path: the .pth files over there, the clone's editable install among them, stay unread.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    install(home, "--no-deps", "--no-index", wheel)
    cut_off(home)
    return home


def mapdesk(home: Path, *arguments, cwd: Path):
    """Run the installed command on a machine with no display and return what its --json said."""
    hidden = {"DISPLAY", "WAYLAND_DISPLAY", "PYTHONPATH", "VIRTUAL_ENV"}
    environ = {key: value for key, value in os.environ.items() if key not in hidden}
    environ |= {"QT_QPA_PLATFORM": "offscreen", "HOME": str(cwd), "XDG_CONFIG_HOME": str(cwd)}
    command = in_environment(home, "scripts") / "mapdesk"
    return json.loads(run(command, *arguments, "--json", cwd=cwd, env=environ))


def test_wheel_holds_every_file_of_its_packages(wheel):
    inside = set(zipfile.ZipFile(wheel).namelist())
    folders = (name.partition("/") for name in shipped_files())
    expected = {f"{PREFIXES[top]}/{rest}" for top, _, rest in folders if rest and top in PREFIXES}
    expected.add("mapdesk/py.typed")
    assert expected - inside == set()


@pytest.mark.parametrize("suffix", [".toml", ".svg", ".desktop", ".otf"])
def test_wheel_holds_data_of_each_kind(wheel, suffix):
    inside = zipfile.ZipFile(wheel).namelist()
    assert any(name.startswith("mapdesk_data/") and name.endswith(suffix) for name in inside)


def test_wheel_holds_translations_licence_and_command(wheel):
    archive = zipfile.ZipFile(wheel)
    names = archive.namelist()
    assert "mapdesk_data/translations/zh_CN.toml" in names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    (commands,) = (name for name in names if name.endswith(".dist-info/entry_points.txt"))
    assert "mapdesk = mapdesk.cli.main:main" in archive.read(commands).decode()


def test_wheel_holds_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/", 1)[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PREFIXES.values())
    assert not [name for name in names if name.endswith((".pyc", ".duckdb", ".orig"))]


def test_installed_package_is_the_wheels(environment, tmp_path):
    ask = "import mapdesk, mapdesk_data, mapdesk_plugins as p; print(mapdesk.__file__, p.__file__)"
    python = in_environment(environment, "scripts") / "python"
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    said = run(python, "-c", ask, cwd=tmp_path, env=environ)
    assert all(Path(path).is_relative_to(environment) for path in said.split())


def test_doctor_finds_the_fresh_environment_well(environment, tmp_path):
    assert mapdesk(environment, "doctor", cwd=tmp_path)


def test_the_recipe_of_the_demo_is_installed(environment, tmp_path):
    python = in_environment(environment, "scripts") / "python"
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    ask = "from mapdesk.services.demo import load_recipe; print(load_recipe().plan['district'])"
    assert "EPSG" in run(python, "-c", ask, cwd=tmp_path, env=environ)


@pytest.mark.soak
def test_demo_is_built_outside_the_clone(environment, tmp_path):
    folder = tmp_path / "demo"
    mapdesk(environment, "demo", "--people", 2000, "--no-open", "--at", folder, cwd=tmp_path)
    assert (folder / "district.toml").is_file()
    assert (folder / "store.duckdb").stat().st_size > 0
    assert mapdesk(environment, "info", folder, cwd=tmp_path)


@pytest.mark.soak
def test_full_install_from_nothing(wheel, tmp_path):
    home = tmp_path / "environment"
    new_environment(home)
    install(home, "--constraint", ROOT / "constraints.txt", wheel)
    cut_off(home)
    assert mapdesk(home, "doctor", cwd=tmp_path)
    folder = tmp_path / "demo"
    mapdesk(home, "demo", "--people", 2000, "--no-open", "--at", folder, cwd=tmp_path)
    picture = tmp_path / "desk.png"
    mapdesk(home, "shot", folder, picture, "--window", cwd=tmp_path)
    assert picture.stat().st_size > 10_000
