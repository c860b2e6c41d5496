"""web/install.py: only locked files with the right checksum get into the app."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

REPO = Path(__file__).resolve().parent.parent


@pytest.fixture
def install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load_script: Callable[[str], ModuleType]
) -> ModuleType:
    """Load web/install.py and let it work in a folder of its own, with npm played by the test."""
    module = load_script("web/install.py")
    package = tmp_path / "web" / "node_modules" / "leaflet"
    package.mkdir(parents=True)
    (package / "leaflet.js").write_text("map()", encoding="utf-8")
    entry = {"from": "leaflet/leaflet.js", "sha256": module.sha256(package / "leaflet.js")}
    (tmp_path / "web" / "assets.json").write_text(json.dumps({"leaflet/l.js": entry}))
    monkeypatch.setattr(module, "WEB", tmp_path / "web")
    monkeypatch.setattr(module, "LIST", tmp_path / "web" / "assets.json")
    monkeypatch.setattr(module, "ASSETS", tmp_path / "assets")
    monkeypatch.setattr(module, "fetch", lambda: None)
    return module


def test_files_are_copied_and_strangers_removed(install: ModuleType, tmp_path: Path) -> None:
    stranger = tmp_path / "assets" / "old" / "plugin.js"
    stranger.parent.mkdir(parents=True)
    stranger.write_text("old")
    assert install.main([]) == 0
    assert (tmp_path / "assets" / "leaflet" / "l.js").read_text() == "map()"
    assert not stranger.exists()


def test_a_second_run_asks_nobody(install: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert install.main([]) == 0
    monkeypatch.setattr(install, "fetch", lambda: pytest.fail("asked the network"))
    assert install.main([]) == 0


def test_a_changed_file_is_refused(
    install: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = tmp_path / "web" / "node_modules" / "leaflet" / "leaflet.js"
    changed.write_text("map(); steal()", encoding="utf-8")
    assert install.main([]) == 1
    assert "checksum" in capsys.readouterr().err
    assert not (tmp_path / "assets" / "leaflet" / "l.js").exists()


def test_a_damaged_copy_is_put_right(install: ModuleType, tmp_path: Path) -> None:
    assert install.main([]) == 0
    copy = tmp_path / "assets" / "leaflet" / "l.js"
    copy.write_text("broken", encoding="utf-8")
    assert install.main([]) == 0
    assert copy.read_text() == "map()"


def test_pin_writes_the_checksums(install: ModuleType, tmp_path: Path) -> None:
    changed = tmp_path / "web" / "node_modules" / "leaflet" / "leaflet.js"
    changed.write_text("map2()", encoding="utf-8")
    assert install.main(["--pin"]) == 0
    pinned = json.loads((tmp_path / "web" / "assets.json").read_text())
    assert pinned["leaflet/l.js"]["sha256"] == install.sha256(changed)


def test_npm_may_be_absent(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    install: ModuleType,
    load_script: Callable[[str], ModuleType],
) -> None:
    fresh = load_script("web/install.py")
    monkeypatch.setattr(fresh.sys, "executable", str(tmp_path / "python"))
    with pytest.raises(fresh.InstallError, match="make install"):
        fresh.fetch()


def test_the_npm_lock_has_integrity_and_no_address() -> None:
    lock = json.loads((REPO / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert all(entry["integrity"].startswith("sha512-") for entry in packages.values())
    assert not any("resolved" in entry for entry in packages.values())


def test_every_package_brings_its_licence() -> None:
    files = json.loads((REPO / "web" / "assets.json").read_text(encoding="utf-8"))
    licensed = {name.split("/")[0] for name in files if "LICENSE" in name}
    assert {name.split("/")[0] for name in files} == licensed
