"""Run the command line as ``python -m wetland``."""

from __future__ import annotations

from wetland.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
