"""What all files of one world share: the day, the size, the addresses, the phones and the names."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TypeVar

from sample_world import geography
from sample_world.geography import Address, Atlas

T = TypeVar("T")

_AREA_CODES = {"DC": ("202", "771"), "MD": ("301", "240"), "VA": ("703", "571")}
_FIRST = tuple(
    "Amber Ashgrove Beacon Bluebell Bridgeway Brightwater Candlewick Cedarfield Clearbrook "
    "Copperfield Cornerstone Creekside Daybreak Dovetail Eastlight Evergreen Fairhaven Fernhill "
    "Firefly Foxglove Gatehouse Goldenrod Greenway Harborlight Hearthstone Highmeadow Homestead "
    "Ironwood Jubilee Keystone Kindling Lamplight Larkspur Lighthouse Longview Meadowlark Millstone "
    "Morningside Newleaf Northgate Oakbridge Openroad Overlook Pathfinder Pinecrest Quietwater "
    "Redbud Ridgeline Riverbend Rowanberry Sandstone Seabright Silverleaf Skylark Southgate "
    "Springwell Steppingstone Stillwater Stonebridge Summit Sunrise Threshold Tidewater "
    "Turningpoint Upstream Valleyview Wayfarer Wellspring Westlight Whitethorn Wildflower Windmill "
    "Woodbine Yarrow".split()
)


def rng_for(seed: int, part: str) -> random.Random:
    """Return the chance of one part, apart from all others: a change in one leaves the rest alone."""
    return random.Random(f"{seed}:{part}")


class World:
    """The invented area, on one day.

    `scale` multiplies the common rows of every file; the landmarks and the faults stay as they are.
    """

    def __init__(self, *, seed: int, scale: float, today: date) -> None:
        self.seed = seed
        self.scale = scale
        self.today = today
        self._phones: dict[str, Iterator[str]] = {}

    def chance(self, part: str) -> Chance:
        """Return the chance, the names and the addresses of one file."""
        return Chance(self, part)

    def count(self, common: int) -> int:
        """Return how many common rows a file of this scale has."""
        return max(1, round(common * self.scale))

    def phone(self, state: str) -> str:
        """Return a number of the range that is kept for fiction (555-0100 to 555-0199), each in turn."""
        if state not in self._phones:
            self._phones[state] = _numbers(self.seed, state)
        return next(self._phones[state])

    def days_ago(self, days: int) -> date:
        """Return the day so many days before the world's today."""
        return self.today - timedelta(days=days)


class Chance:
    """The dice of one file."""

    def __init__(self, world: World, part: str) -> None:
        self.world = world
        self.rng = rng_for(world.seed, part)
        self._atlas = Atlas(rng_for(world.seed, f"{part}/addresses"))
        self._names = _deck(rng_for(world.seed, f"{part}/names"), _FIRST)
        self._part = part

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return self.rng.choice(choices)

    def some(self, choices: Sequence[T], most: int) -> list[T]:
        """Return up to `most` different choices, in the order they were given in."""
        count = self.rng.randint(0, min(most, len(choices)))
        return [choices[place] for place in sorted(self.rng.sample(range(len(choices)), count))]

    def happens(self, probability: float) -> bool:
        """Say whether something of this probability happens."""
        return self.rng.random() < probability

    def address(self, *zips: str) -> Address:
        """Invent an address in one of these ZIPs, or anywhere."""
        return self._atlas.address(self.pick(zips or geography.EVERYWHERE))

    def name(self) -> str:
        """Return the next of the invented proper names; they come round again only when all were used."""
        return next(self._names)


def _deck(rng: random.Random, cards: Sequence[str]) -> Iterator[str]:
    while True:
        yield from rng.sample(cards, len(cards))


def _numbers(seed: int, state: str) -> Iterator[str]:
    codes = _AREA_CODES[state]
    numbers = [f"({code}) 555-{line:04d}" for code in codes for line in range(100, 200)]
    return _deck(rng_for(seed, f"phones/{state}"), numbers)


def slug(text: str) -> str:
    """Return the text as a web address would have it."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def website(name: str) -> str:
    """Return an invented web address; example.org belongs to nobody."""
    return f"https://{slug(name)}.example.org/"
