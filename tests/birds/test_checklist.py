"""Names of a file against a checklist: what is matched, what is suggested, what is not guessed."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wetland.birds.checklist import Checklist, names_of
from wetland.birds.names import distance, doubt, key, parts
from wetland.birds.species import BirdPack, Species, Synonym
from wetland.birds.tables import MATCHES

MOVED = dt.date(2024, 10, 22)
LISTED = Checklist.of(
    BirdPack(
        species=(
            Species(id="egretta-garzetta", scientific_name="Egretta garzetta",
                    authorship="(Linnaeus, 1766)", name_zh="白鹭", name_en="Little Egret",
                    codes=("LIEG",)),
            Species(id="nycticorax-nycticorax", scientific_name="Nycticorax nycticorax",
                    name_zh="夜鹭", name_en="Black-crowned Night Heron"),
            Species(id="tachybaptus-ruficollis", scientific_name="Tachybaptus ruficollis",
                    name_zh="小䴙䴘", name_en="Little Grebe"),
            Species(id="anas-crecca", scientific_name="Anas crecca", name_zh="绿翅鸭"),
            Species(id="anas-platyrhynchos", scientific_name="Anas platyrhynchos",
                    name_zh="绿头鸭", name_en="Mallard"),
            Species(id="ixobrychus-sinensis", scientific_name="Ixobrychus sinensis",
                    name_zh="黄苇鳽"),
            Species(id="charadrius-alexandrinus", scientific_name="Charadrius alexandrinus",
                    name_zh="环颈鸻", name_en="Kentish Plover"),
            Species(id="charadrius-dealbatus", scientific_name="Charadrius dealbatus",
                    name_zh="白脸鸻", name_en="White-faced Plover"),
            Species(id="ardea-herodias", scientific_name="Ardea herodias"),
            Species(id="ardea-herodias-occidentalis",
                    scientific_name="Ardea herodias occidentalis"),
            Species(id="motacilla-a", scientific_name="Motacilla alba", name_zh="鹡鸰"),
            Species(id="motacilla-c", scientific_name="Motacilla cinerea", name_zh="鹡鸰"),
        ),
        synonyms=(
            Synonym(name="Botaurus sinensis", id="ixobrychus-sinensis", edition="E 2024",
                    valid_from=MOVED),
            Synonym(name="小白鹭", id="egretta-garzetta"),
            # Before the two were parted the name of the one meant both.
            Synonym(name="Charadrius alexandrinus", id="charadrius-dealbatus",
                    valid_to=dt.date(2018, 1, 1)),
            Synonym(name="Moved twice", id="anas-crecca", valid_to=dt.date(2010, 1, 1)),
            Synonym(name="Moved twice", id="ardea-herodias", valid_from=dt.date(2010, 1, 1)),
            Synonym(name="of nobody", id="gone"),
        ),
    )
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "taxon_id"),
    [
        ("Egretta garzetta", "egretta-garzetta"),
        ("  EGRETTA   garzetta\n", "egretta-garzetta"),
        ("Ｅｇｒｅｔｔａ　ｇａｒｚｅｔｔａ", "egretta-garzetta"),
        ("egretta_garzetta", "egretta-garzetta"),
        ("egretta-garzetta", "egretta-garzetta"),
        ("lieg", "egretta-garzetta"),
        ("白　鹭", "egretta-garzetta"),
        ("little egret", "egretta-garzetta"),
        ("Black-crowned Night-Heron", "nycticorax-nycticorax"),
        ("Black crowned night heron", "nycticorax-nycticorax"),
        ("Ardea herodias occidentalis", "ardea-herodias-occidentalis"),
    ],
)
def test_names_of_the_list(name: str, taxon_id: str) -> None:
    found = LISTED.match(name)
    assert (found.taxon_id, found.how, found.suggestions, found.note) == (
        taxon_id, "exact", (), None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "taxon_id", "how", "said"),
    [
        ("Egretta garzetta (Linnaeus, 1766)", "egretta-garzetta", "exact", "Linnaeus, 1766"),
        ("Egretta garzetta Linnaeus 1766", "egretta-garzetta", "exact", "Linnaeus 1766"),
        ("Egretta garzetta (Linnaeus)", "egretta-garzetta", "exact", "Linnaeus"),
        ("Anas crecca Linnaeus, 1758", "anas-crecca", "exact", "Linnaeus, 1758"),
        ("Botaurus sinensis (Gmelin, JF, 1789)", "ixobrychus-sinensis", "synonym", "E 2024"),
        ("Egretta garzetta garzetta", "egretta-garzetta", "exact", "subspecies garzetta"),
        ("Egretta garzetta subsp. nigripes", "egretta-garzetta", "exact", "nigripes"),
        ("Egretta garzetta nigripes (Temminck, 1840)", "egretta-garzetta", "exact", "nigripes"),
        ("Botaurus sinensis", "ixobrychus-sinensis", "synonym", "E 2024"),
        ("botaurus  SINENSIS", "ixobrychus-sinensis", "synonym", "E 2024"),
    ],
)
def test_what_is_matched_and_told(name: str, taxon_id: str, how: str, said: str) -> None:
    found = LISTED.match(name)
    assert (found.taxon_id, found.how) == (taxon_id, how)
    assert found.note is not None
    assert said in found.note.en
    assert found.note.zh


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("garzetta Egretta", "egretta-garzetta"),
        ("Egreta garzetta", "egretta-garzetta"),
        ("Egretta garzeta", "egretta-garzetta"),
        ("Egretta gazretta", "egretta-garzetta"),
        ("E. garzetta", "egretta-garzetta"),
        ("Ardea garzetta", "egretta-garzetta"),  # another genus
        ("Charadrius dealbata", "charadrius-dealbatus"),  # another ending
        ("Egretta garzetta Linnaeus, 1758", "egretta-garzetta"),  # not the list's author
        ("Anas crecca Linnaeus", "anas-crecca"),  # a name after the name, without a year
        ("Anas crecca (female)", "anas-crecca"),
        ("白鹭鸶", "egretta-garzetta"),
        ("白鹭（小白鹭）", "egretta-garzetta"),
        ("小䴙䴘 Tachybaptus ruficollis", "tachybaptus-ruficollis"),
        ("绿头鸭（雄）", "anas-platyrhynchos"),
        ("Little Egrets", "egretta-garzetta"),
        ("Night Heron, Black-crowned", "nycticorax-nycticorax"),
    ],
)
def test_what_is_suggested_is_never_taken(name: str, first: str) -> None:
    found = LISTED.match(name)
    assert (found.taxon_id, found.how) == (None, "none")
    assert found.suggestions[:1] == (first,)


@pytest.mark.parametrize(
    "name",
    [
        "Anas sp.", "Anas spp", "Egretta cf. garzetta", "Egretta aff. garzetta",
        "unidentified duck", "Anas crecca x Anas platyrhynchos", "Anas crecca × platyrhynchos",
        "绿头鸭杂交",
        "Anas crecca X Anas platyrhynchos", "白鹭/夜鹭", "白鹭、夜鹭", "白鹭或夜鹭", "白鹭？",
        "Egretta garzetta?", "疑似白鹭", "鹭类", "鸭属", "未识别鸟", "Mallard or teal",
    ],
)  # fmt: skip
def test_what_is_no_single_species_is_not_guessed(name: str) -> None:
    found = LISTED.match(name)
    assert (found.taxon_id, found.how, found.suggestions) == (None, "none", ())
    assert found.note is not None


@pytest.mark.parametrize("name", ["", "   ", "合计", "Passer montanus", "x" * 5000, "\u200b", "😀"])
def test_what_is_nothing(name: str) -> None:
    found = LISTED.match(name)
    assert (found.taxon_id, found.how, found.suggestions) == (None, "none", ())


def test_two_names_in_a_cell_are_not_taken_for_an_author() -> None:
    found = LISTED.match("Anas crecca Anas platyrhynchos")
    assert found.taxon_id is None
    assert "anas-crecca" in found.suggestions


def test_a_name_of_two_species_is_asked_about() -> None:
    found = LISTED.match("鹡鸰")
    assert (found.taxon_id, found.suggestions) == (None, ("motacilla-a", "motacilla-c"))
    assert found.note is not None
    taken = LISTED.match("鹡鸰", accepted={"鹡 鸰": "motacilla-c"})
    assert (taken.taxon_id, taken.how) == ("motacilla-c", "accepted")


@pytest.mark.parametrize(
    ("name", "day", "taxon_id"),
    [
        ("Charadrius alexandrinus", None, None),
        ("Charadrius alexandrinus", dt.date(2017, 12, 31), None),
        ("Moved twice", None, None),
        ("Moved twice", dt.date(2009, 12, 31), "anas-crecca"),
        ("Moved twice", dt.date(2010, 1, 1), "ardea-herodias"),
        ("Botaurus sinensis", MOVED, "ixobrychus-sinensis"),
        ("Botaurus sinensis", dt.date(2000, 1, 1), "ixobrychus-sinensis"),  # the only one
    ],
)
def test_synonyms_are_dated(name: str, day: dt.date | None, taxon_id: str | None) -> None:
    found = LISTED.match(name, on=day)
    assert found.taxon_id == taxon_id
    if taxon_id is None:
        assert len(found.suggestions) == 2


def test_a_name_of_the_list_is_free_again_after_its_other_meaning_ended() -> None:
    found = LISTED.match("Charadrius alexandrinus", on=dt.date(2018, 1, 1))
    assert (found.taxon_id, found.how) == ("charadrius-alexandrinus", "exact")


def test_accepted_names() -> None:
    accepted = {"鹭鸶": "egretta-garzetta", "Mallard": "anas-crecca", "老鸭": "gone",
                "Botaurus sinensis": "anas-crecca", "Anas sp.": "anas-crecca"}  # fmt: skip
    assert LISTED.match("鹭 鸶", accepted=accepted).how == "accepted"
    assert LISTED.match("Mallard", accepted=accepted).taxon_id == "anas-platyrhynchos"
    assert LISTED.match("Botaurus sinensis", accepted=accepted).taxon_id == "anas-crecca"
    assert LISTED.match("Anas sp.", accepted=accepted).taxon_id == "anas-crecca"
    gone = LISTED.match("老鸭", accepted=accepted)
    assert (gone.taxon_id, gone.how) == (None, "none")
    assert gone.note is not None


def test_the_words_of_a_match_are_those_of_the_table() -> None:
    names = ["白鹭", "小白鹭", "什么", "鹭鸶"]
    found = LISTED.match_all(names * 3, accepted={"鹭鸶": "egretta-garzetta"})
    assert list(found) == names
    assert {m.how for m in found.values()} == set(MATCHES)
    assert all(m == LISTED.match(n, accepted={"鹭鸶": "egretta-garzetta"})
               for n, m in found.items())  # fmt: skip


def test_an_empty_checklist_matches_nothing() -> None:
    nothing = Checklist.of(BirdPack())
    assert nothing.match("白鹭").how == "none"
    assert len(nothing) == 0
    assert nothing.name("x-y").en == "x-y"


def test_every_name_of_every_species_is_found() -> None:
    for species in LISTED:
        for name in names_of(species):
            found = LISTED.match(name, on=dt.date(2026, 1, 1))
            assert found.taxon_id == species.id or species.id in found.suggestions


@given(st.text(max_size=60))
def test_any_text_is_matched_or_not_and_never_fails(name: str) -> None:
    found = LISTED.match(name)
    assert found.how in MATCHES
    assert (found.taxon_id is None) == (found.how == "none")
    assert key(key(name)) == key(name)
    assert doubt(name) in {None, "open", "hybrid", "several", "question"}
    assert all(parts(name))


WORDS = st.text("abc", max_size=8)


@given(WORDS, WORDS)
def test_a_distance_is_that_of_the_whole_table(one: str, other: str) -> None:
    """Against the same recurrence without a bound."""
    table = [[max(i, j) if 0 in (i, j) else 0 for j in range(len(other) + 1)]
             for i in range(len(one) + 1)]  # fmt: skip
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1,
                              table[i - 1][j - 1] + (one[i - 1] != other[j - 1]))  # fmt: skip
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    for most in range(9):
        assert distance(one, other, most) == min(table[-1][-1], most + 1)


def test_long_lists_are_matched_in_little_time() -> None:
    """Two thousand names that match nothing, against 1,500 species, in seconds at the most."""
    letters = "aeiounrst"

    def word(n: int) -> str:
        return "".join(letters[(n // 9**i) % 9] for i in range(7))

    species = tuple(Species(id=f"s{n}", scientific_name=f"{word(n).title()} {word(n * 7 + 1)}")
                    for n in range(1500))  # fmt: skip
    listed = Checklist.of(BirdPack(species=species))
    began = time.process_time()
    listed.match_all(f"{word(n * 3 + 5).title()} {word(n * 11)}" for n in range(300))
    assert time.process_time() - began < 3
