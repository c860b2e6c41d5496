"""Make `holidays.csv` of a pack in China from what `chinesecalendar` knows.

    python scripts/holidays.py                  # write layers/xixi/holidays.csv
    python scripts/holidays.py --pack FOLDER    # of another pack
    python scripts/holidays.py --check          # exit 1 when the file is not what this script makes

A row is a day that differs from its weekday, or belongs to a holiday: ``off`` is true on a public
holiday and the rest days around it (放假), false on a working day that makes up for one (调休上班).
Years of which the State Council's notice is not in the installed version have no rows.
"""

from __future__ import annotations

import argparse
import csv
import io
import sys
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "layers" / "xixi"
HEADER = ("day", "off", "name_zh", "name_en", "source")
NAMES = {
    "New Year's Day": ("元旦", "New Year's Day"),
    "Spring Festival": ("春节", "Spring Festival"),
    "Tomb-sweeping Day": ("清明节", "Qingming"),
    "Labour Day": ("劳动节", "Labour Day"),
    "Dragon Boat Festival": ("端午节", "Dragon Boat Festival"),
    "National Day": ("国庆节", "National Day"),
    "Mid-autumn Festival": ("中秋节", "Mid-Autumn Festival"),
    "Anti-Fascist 70th Day": ("抗战胜利纪念日", "Victory Day"),
}


def content() -> str:
    """Return the file as words."""
    from chinese_calendar import constants

    source = f"chinesecalendar {version('chinesecalendar')} (MIT)"
    days = {day: (True, told) for day, told in constants.holidays.items()}
    days |= {day: (False, told) for day, told in constants.workdays.items()}
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(HEADER)
    for day, (off, told) in sorted(days.items()):
        rows.writerow((day.isoformat(), str(off).lower(), *NAMES[told], source))
    return out.getvalue()


def main() -> int:
    """Write the file, or compare it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--pack", type=Path, default=FOLDER, help="folder of the pack")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    told = parser.parse_args()
    path = told.pack / "holidays.csv"
    made = content()
    if told.check:
        same = path.is_file() and path.read_text(encoding="utf-8") == made
        print("the same" if same else f"{path} differs")
        return 0 if same else 1
    path.write_text(made, encoding="utf-8", newline="\n")
    print(f"{path}: {made.count(chr(10)) - 1} days")
    return 0


if __name__ == "__main__":
    sys.exit(main())
