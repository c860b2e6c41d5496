"""Make the checklist and the plots of `layers/everglades` from the Everglades wading bird survey.

    python scripts/everglades_checklist.py FOLDER       # write birds.csv and bird-plots.csv

FOLDER holds `SiteandMethods_species_list.csv`, `SiteandMethods_colonies.csv` and
`Counts_maxcounts.csv` of the data set weecology/EvergladesWadingBird (CC0, doi
10.5281/zenodo.7734553). Codes that stand for no single species (unidentified birds) are left out: a
record of them is kept and not matched. Chinese names, orders and families are this project's.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from wetland.birds.checklistread import species_id

PACK = Path(__file__).resolve().parent.parent / "layers" / "everglades"
SOURCE = "Weecology, Everglades Wading Bird data, SiteandMethods/species_list.csv, CC0"
HERONS, IBISES = ("Pelecaniformes", "Ardeidae"), ("Pelecaniformes", "Threskiornithidae")
HAWKS = ("Accipitriformes", "Accipitridae")

# code -> Chinese name, order and family, waterbird
KNOWN: dict[str, tuple[str, tuple[str, str], bool]] = {
    "ambi": ("美洲麻鳽", HERONS, True),
    "anhi": ("美洲蛇鹈", ("Suliformes", "Anhingidae"), True),
    "baea": ("白头海雕", HAWKS, False),
    "bcnh": ("夜鹭", HERONS, True),
    "brpe": ("褐鹈鹕", ("Pelecaniformes", "Pelecanidae"), True),
    "caeg": ("牛背鹭", HERONS, True),
    "coga": ("美洲黑水鸡", ("Gruiformes", "Rallidae"), True),
    "dcco": ("角鸬鹚", ("Suliformes", "Phalacrocoracidae"), True),
    "gbhe": ("大蓝鹭", HERONS, True),
    "glib": ("彩鹮", IBISES, True),
    "greg": ("大白鹭", HERONS, True),
    "grhe": ("美洲绿鹭", HERONS, True),
    "gwhe": ("", HERONS, True),
    "lbhe": ("小蓝鹭", HERONS, True),
    "lebi": ("姬苇鳽", HERONS, True),
    "limp": ("秧鹤", ("Gruiformes", "Aramidae"), True),
    "ospr": ("鹗", ("Accipitriformes", "Pandionidae"), False),
    "reeg": ("棕颈鹭", HERONS, True),
    "rosp": ("粉红琵鹭", IBISES, True),
    "rsha": ("赤肩鵟", HAWKS, False),
    "sneg": ("雪鹭", HERONS, True),
    "snki": ("食螺鸢", HAWKS, False),
    "trhe": ("三色鹭", HERONS, True),
    "tuvu": ("红头美洲鹫", ("Cathartiformes", "Cathartidae"), False),
    "whib": ("美洲白鹮", IBISES, True),
    "wost": ("黑头鹮鹳", ("Ciconiiformes", "Ciconiidae"), True),
    "ycnh": ("黄冠夜鹭", HERONS, True),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Write both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder with the three CSV files")
    parser.add_argument("--pack", type=Path, default=PACK, help="folder of the pack")
    options = parser.parse_args(argv)
    write(options.pack / "birds.csv", species(options.folder))
    write(options.pack / "bird-plots.csv", plots(options.folder))
    return 0


def species(folder: Path) -> list[dict[str, str]]:
    """Return the species of the survey, in the order of its codes."""
    rows = []
    for row in read(folder / "SiteandMethods_species_list.csv"):
        if row["species"] not in KNOWN:
            continue
        chinese, (order, family), waterbird = KNOWN[row["species"]]
        rows.append(
            {
                "id": species_id(row["scientificname"]), "codes": row["species"],
                "scientific_name": row["scientificname"], "name_zh": chinese,
                "name_en": row["commonname"], "order": order, "family": family,
                "waterbird": "yes" if waterbird else "no", "source": SOURCE, "confidence": "high",
            }
        )  # fmt: skip
    return rows


def plots(folder: Path) -> list[dict[str, str]]:
    """Return the colonies that ever held 40 nests (those of the table of maximum counts)."""
    counted = {row["group_id"] for row in read(folder / "Counts_maxcounts.csv")}
    rows = [
        {
            "id": row["group_id"], "name_en": row["display_name"] or row["colony"],
            "lon": row["longitude"], "lat": row["latitude"], "region": row["subregion"],
        }
        for row in read(folder / "SiteandMethods_colonies.csv")
        if row["group_id"] in counted
    ]  # fmt: skip
    return sorted(rows, key=lambda row: int(row["id"]))


def read(path: Path) -> list[dict[str, str]]:
    """Read a table of the data set."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: list[dict[str, str]]) -> None:
    """Write a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
