"""How the code hangs together: who imports whom, how large a module may be, what no file names."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEAVES = {"datafiles", "settings", "resolution"}
OURS = {"bot", "actions", "complaints", "policy", "desk", "processes", "benchmarks"} | LEAVES

# What each package may import of ours (design.md §1); `bot.edge` and its sisters apart.
ALLOWED = {
    "datafiles": set(),
    "settings": set(),
    "resolution": {"datafiles"},
    "complaints": {"datafiles", "resolution"},
    "policy": {"datafiles", "resolution"},
    "bot.nlu": {"policy"},
    "bot.channels": set(),
    "bot.edge": {"complaints", "policy"},
    "actions": {"complaints", "policy", "resolution", "settings"},
    "desk": {"complaints", "policy"},
    "processes": OURS,
    "benchmarks": OURS,
}
# The domain knows neither the dialogue engine nor the web.
FOREIGN = {
    package: {"rasa", "rasa_sdk", "aiohttp"} for package in ("complaints", "policy", "resolution")
}
LONGEST_MODULE = 350


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package.replace(".", "/")).rglob("*.py"))


def imports(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_imports_point_one_way(package):
    for module in modules(package):
        for name in imports(module):
            top = name.split(".")[0]
            if top in FOREIGN.get(package, set()):
                pytest.fail(f"{module}: {package} must not know {top}")
            own = name == package or name.startswith(f"{package}.")
            if top in OURS and not own:
                assert top in ALLOWED[package], f"{module} imports {name}"


def test_every_package_has_a_rule():
    packages = {p.parent.name for p in ROOT.glob("*/__init__.py")} - {"tests"}
    assert packages == {
        name.split(".")[0] for name in ALLOWED if (ROOT / name.split(".")[0]).exists()
    }


def test_modules_stay_small():
    sizes = {
        module: len(module.read_text(encoding="utf-8").splitlines())
        for package in OURS
        for module in modules(package)
    }
    assert {str(m): n for m, n in sizes.items() if n > LONGEST_MODULE} == {}
    small = sum(n <= 200 for n in sizes.values())
    assert small / len(sizes) >= 0.9


def test_no_module_is_a_drawer():
    names = {module.stem for package in OURS for module in modules(package)}
    assert not names & {"utils", "helpers", "manager", "common", "misc"}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    hosts = re.compile(
        "|".join(
            ("py" + "pi.org", "python" + "hosted", "npm" + "js.org", "/" + "work/", "/root" + "/")
        )
    )
    for file in tracked():
        if file.suffix in (".png", ".ico", ".woff2"):
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        assert not hosts.search(text), file


def test_no_pickle_anywhere():
    for package in OURS:
        for module in modules(package):
            assert not imports(module) & {"pickle", "joblib", "shelve", "marshal", "dill"}, module
