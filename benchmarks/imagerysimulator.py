"""Made-up series of images with changes whose day is known, to judge how changes are found.

Written before any method of this project looks at an image. Nothing here knows the project. A cube
is two spectral indices (like NDVI and MNDWI) over days, rows and columns of 10 m pixels:

- five covers (woods, reed, fields, ponds, roofs) in patches, each with its own season of two
  harmonics; every pixel has its own level and strength of the season, every year its own shift of
  the calendar and strength (all pixels of a cover alike), and levels drift by some hundredths a
  year;
- an image every five days; clouds lie in blobs and are commonest in the plum rains and in winter;
  the mask misses some of what is under cloud, which then deviates by a tenth to a half. Snow and
  the shadows of clouds are not made;
- noise of a stated standard deviation, of which half the variance fades over 20 days at each pixel
  and the rest is new at every image (partly shared by both indices), and a bias that all pixels of
  an image share;
- changes of 0.06 ha and more: a roof on green land, a filled pond, a clearing, a pond dug in a
  field. They come between the end of the history and `LAST_CHANGE_DAYS` before the end of the
  series, at once or over up to 30 days. Pixels around a change hold only a part of it: they are
  neither to be found nor to be left alone, and count for nobody;
- ponds that are drained by hand for some weeks of a winter. Nothing in one image tells drained from
  filled: that is what a calendar of works is for. Flags while a pond is drained, and until
  `AFTER_DRAINING_DAYS` later, count for nobody and are told apart.

A change is found where a pixel is flagged within `HIT_DAYS` after it began. A flag before that, or
on a pixel without a change, is false. Methods are tuned on `TUNING_SEEDS` only and judged on
`TEST_SEEDS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Masks = NDArray[np.bool_]

TUNING_SEEDS = tuple(range(100, 110))
TEST_SEEDS = (1, 2, 3, 4, 5)
NOISE = (0.03, 0.07, 0.15)

FIRST = date(2019, 1, 3)
REVISIT_DAYS = 5
HISTORY_DAYS = 730
SPAN_DAYS = 1826
LAST_CHANGE_DAYS = 270
HIT_DAYS = 180
AFTER_DRAINING_DAYS = 20
PIXEL_HA = 0.01
INDICES = ("ndvi", "mndwi")

COVERS = ("woods", "reed", "fields", "pond", "roof")
# By index and cover: level, first and second harmonic, day of the peak.
_SEASONS = np.array(
    [
        [
            (0.68, 0.10, 0.02, 200),
            (0.48, 0.22, 0.05, 215),
            (0.45, 0.20, 0.10, 140),
            (-0.05, 0.04, 0.01, 220),
            (0.10, 0.02, 0.00, 200),
        ],
        [
            (-0.45, -0.06, -0.01, 200),
            (-0.30, -0.12, -0.03, 215),
            (-0.35, -0.10, -0.05, 140),
            (0.45, -0.05, 0.01, 220),
            (-0.25, -0.02, 0.00, 200),
        ],
    ]
)
_MUD = (0.12, 0.0)  # a drained pond
_SHARED = -0.4  # correlation of the noise of both indices
# What it was, what it becomes.
KINDS = {1: ("roof on green", (0, 1, 2), 4), 2: ("filled pond", (3,), 4),
         3: ("clearing", (0, 1), 4), 4: ("new pond", (2,), 3)}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Cube:
    """What was seen, and what is true.

    ``values`` has the shape (indices, images, rows, columns), NaN under the cloud mask; ``days``
    are ordinals of its images. ``change_on`` is the ordinal on which a change began, -1 where there
    was none; ``kind`` its key in `KINDS`. ``mixed`` pixels hold a part of a change. ``drained``
    holds the first day, the end and the pixels of each winter's draining.
    """

    days: Ints
    values: Floats
    change_on: Ints
    kind: NDArray[np.uint8]
    mixed: Masks
    drained: tuple[tuple[int, int, Masks], ...]
    cover: NDArray[np.uint8]

    @property
    def monitored_from(self) -> int:
        """Return the ordinal of the first day after the history."""
        return FIRST.toordinal() + HISTORY_DAYS


def _smooth(rng: np.random.Generator, size: int, scale: float) -> Floats:
    """Return a field of ranks between 0 and 1 that hangs together over ``scale`` pixels."""
    wave = np.fft.rfft2(rng.normal(size=(size, size)))
    fy, fx = np.fft.fftfreq(size)[:, None], np.fft.rfftfreq(size)[None, :]
    wave *= np.exp(-2 * (np.pi * scale) ** 2 * (fy**2 + fx**2))
    field = np.fft.irfft2(wave, s=(size, size))
    ranks = field.ravel().argsort().argsort() / (size * size - 1)
    return ranks.reshape(size, size).astype(np.float32)


def _covers(rng: np.random.Generator, size: int) -> NDArray[np.uint8]:
    """Return the cover of each pixel: woods, reed and fields in patches, ponds, a few roofs."""
    patches = np.digitize(_smooth(rng, size, 8.0), (0.4, 0.65)).astype(np.uint8)
    patches[_smooth(rng, size, 3.0) > 0.72] = 3
    patches[_smooth(rng, size, 1.5) > 0.97] = 4
    return patches


def _season(cover: NDArray[np.uint8], day: int, by_year: Floats, own: Floats) -> Floats:
    """Return what both indices are like on a day, without noise."""
    told = date.fromordinal(day)
    shift, strength = by_year[told.year - FIRST.year].T
    level, one, two, peak = np.moveaxis(_SEASONS, 2, 0)
    angle = 2 * np.pi * (told.timetuple().tm_yday - peak - shift) / 365.25
    course = (one * np.cos(angle) + two * np.cos(2 * angle)) * strength
    years = (day - FIRST.toordinal()) / 365.25
    made = level[:, cover] + own[:, 0] + own[:, 2] * years + course[:, cover] * own[:, 1]
    return made.astype(np.float32)


def _cloudiness(told: date) -> float:
    """Return the mean share of sky under cloud: plum rains in June and July, grey winters."""
    peak = np.cos(2 * np.pi * (told.timetuple().tm_yday - 172) / 365.25)
    winter = np.cos(2 * np.pi * (told.timetuple().tm_yday - 15) / 365.25)
    return float(0.50 + 0.14 * max(peak, 0.0) + 0.06 * max(winter, 0.0))


@dataclass(eq=False)
class _Changes:
    on: Ints
    kind: NDArray[np.uint8]
    part: Floats  # share of the pixel that changes
    lasts: Ints  # days until it is complete


def _changes(rng: np.random.Generator, cover: NDArray[np.uint8]) -> _Changes:
    """Place rectangles of changes where their cover is; at least five whole pixels each."""
    size = cover.shape[0]
    found = _Changes(
        np.full((size, size), -1, dtype=np.int64), np.zeros((size, size), dtype=np.uint8),
        np.zeros((size, size), dtype=np.float32), np.zeros((size, size), dtype=np.int64),
    )  # fmt: skip
    for _ in range(size * size // 15):
        kind = int(rng.integers(1, len(KINDS) + 1))
        high, wide = rng.integers(2, 7), rng.integers(3, 8)
        top, left = rng.integers(1, size - high - 1), rng.integers(1, size - wide - 1)
        whole = (slice(top, top + high), slice(left, left + wide))
        edge = (slice(top - 1, top + high + 1), slice(left - 1, left + wide + 1))
        if (found.kind[edge] > 0).any() or not np.isin(cover[whole], KINDS[kind][1]).all():
            continue
        begins = HISTORY_DAYS + int(rng.integers(0, SPAN_DAYS - HISTORY_DAYS - LAST_CHANGE_DAYS))
        found.on[edge] = FIRST.toordinal() + begins
        found.kind[edge], found.lasts[edge] = kind, int(rng.integers(0, 31))
        found.part[edge] = rng.uniform(0.05, 0.6, size=found.part[edge].shape)
        found.part[whole] = 1.0
    return found


def _drainings(
    rng: np.random.Generator, cover: NDArray[np.uint8]
) -> tuple[tuple[int, int, Masks], ...]:
    """Return first day, end and pixels of the ponds that are drained in each winter."""
    made = []
    for year in range(FIRST.year, FIRST.year + SPAN_DAYS // 365 + 1):
        chosen = (_smooth(rng, cover.shape[0], 4.0) > 0.8) & (cover == 3)
        begins = date(year, 11, 20).toordinal() + int(rng.integers(0, 50))
        made.append((begins, begins + int(rng.integers(20, 60)), chosen))
    return tuple(made)


def simulate(seed: int, noise: float, *, size: int = 100) -> Cube:
    """Return a cube of ``size`` x ``size`` pixels over five years, the same for the same seed."""
    rng = np.random.default_rng([seed, round(noise * 1000)])
    cover = _covers(rng, size)
    changes, drainings = _changes(rng, cover), _drainings(rng, cover)
    shape = (SPAN_DAYS // 365 + 2, len(COVERS))
    by_year = np.stack([rng.normal(0, 6, shape), rng.normal(1, 0.08, shape)], axis=2)
    own = np.stack(
        [
            np.stack([rng.normal(0, 0.04, cover.shape), rng.normal(1, 0.1, cover.shape),
                      rng.normal(0, 0.01, cover.shape)])
            for _ in INDICES
        ]
    ).astype(np.float32)  # fmt: skip
    becomes = np.zeros_like(cover)
    for kind, (_, _, after) in KINDS.items():
        becomes[changes.kind == kind] = after
    days = np.arange(0, SPAN_DAYS, REVISIT_DAYS, dtype=np.int64) + FIRST.toordinal()
    values = np.empty((len(INDICES), len(days), size, size), dtype=np.float32)
    fading = _noise(rng, noise * np.sqrt(0.5), cover.shape)
    keep = np.exp(-REVISIT_DAYS / 20.0)
    for at, day in enumerate(days.tolist()):
        seen = _season(cover, day, by_year, own)
        share = np.clip((day - changes.on + 1) / np.maximum(changes.lasts, 1), 0, 1)
        share = np.where(changes.on >= 0, share * changes.part, 0.0).astype(np.float32)
        dry = np.any([where & (first <= day < end) for first, end, where in drainings], axis=0)
        for index, mud in enumerate(_MUD):
            seen[index] = np.where(dry, mud + own[index, 0], seen[index])
        seen += share * (_season(becomes, day, by_year, own) - seen)
        fading = keep * fading + _noise(rng, noise * np.sqrt(0.5 * (1 - keep**2)), cover.shape)
        seen += fading + _noise(rng, noise * np.sqrt(0.5), cover.shape)
        seen += rng.normal(0, 0.3 * noise, (len(INDICES), 1, 1))
        values[:, at] = _clouded(rng, seen, date.fromordinal(day))
    mixed = (changes.part > 0) & (changes.part < 1)
    return Cube(days, values, changes.on, changes.kind, mixed, drainings, cover)


def _noise(rng: np.random.Generator, deviation: float, shape: tuple[int, ...]) -> Floats:
    """Return noise of both indices, correlated by `_SHARED`."""
    one, other = rng.normal(0, deviation, (2, *shape))
    return np.stack([one, _SHARED * one + np.sqrt(1 - _SHARED**2) * other]).astype(np.float32)


def _clouded(rng: np.random.Generator, seen: Floats, told: date) -> Floats:
    """Return an image under its clouds: NaN where the mask finds them, deviating where not."""
    mean = _cloudiness(told)
    size = seen.shape[1]
    cloud = _smooth(rng, size, 6.0) < rng.beta(0.6 * mean, 0.6 * (1 - mean))
    missed = cloud & (_smooth(rng, size, 1.5) < 0.04)
    ways = rng.choice([-1.0, -1.0, -1.0, 1.0], (len(INDICES), 1, 1))
    deviating = seen + ways * rng.uniform(0.1, 0.5, seen.shape)
    made = np.clip(np.where(missed, deviating, seen), -1, 1)
    return np.where(cloud & ~missed, np.nan, made).astype(np.float32)


@dataclass(frozen=True)
class Score:
    """How flags compare with the truth, over whole pixels.

    ``false_per_1000_ha_year`` are objects of false pixels that touch by an edge or corner;
    ``flagged_drained`` is the share of drained ponds' pixels that were flagged while drained.
    """

    precision: float
    recall: float
    f1: float
    median_lag_days: float
    false_per_1000_ha_year: float
    flagged_drained: float


def score(cube: Cube, flagged_on: Ints) -> Score:
    """Judge flags: ``flagged_on`` is the ordinal of the image of a pixel's flag, -1 for none."""
    from scipy.ndimage import label  # noqa: PLC0415 - only to score

    whole, changed, flagged = ~cube.mixed, cube.change_on >= 0, flagged_on >= 0
    lag = flagged_on - cube.change_on
    dry = np.any(
        [
            where & (flagged_on >= first) & (flagged_on < end + AFTER_DRAINING_DAYS)
            for first, end, where in cube.drained
        ],
        axis=0,
    )
    hit = whole & changed & flagged & (lag >= 0) & (lag <= HIT_DAYS)
    # A change that is flagged late was missed, but its flag accuses nobody falsely.
    false = whole & flagged & ~dry & (~changed | (lag < 0))
    hits, falses, wanted = int(hit.sum()), int(false.sum()), int((whole & changed).sum())
    precision = hits / (hits + falses) if hits + falses else 1.0
    recall = hits / wanted if wanted else 1.0
    both = precision + recall
    later = [where for first, _, where in cube.drained if first >= cube.monitored_from]
    ponds = np.any(later, axis=0)
    years = (SPAN_DAYS - HISTORY_DAYS) / 365.25
    objects = int(label(false, structure=np.ones((3, 3)))[1])
    return Score(
        precision,
        recall,
        2 * precision * recall / both if both else 0.0,
        float(np.median(lag[hit])) if hits else float("nan"),
        objects / (false.size * PIXEL_HA / 1000 * years),
        float((dry & ~hit)[ponds].mean()) if ponds.any() else 0.0,
    )
