"""A sketch of where something lies among its neighbours: dots from coordinates, without any outside service."""

import math
from dataclasses import dataclass
from decimal import Decimal

KILOMETRES = 111.32  # of one degree of latitude
WIDE, HIGH, MARGIN = 360, 260, 28  # of the sketch


@dataclass(frozen=True)
class Spot:
    """A place with its name and the address of its page."""

    name: str
    address: str
    latitude: Decimal
    longitude: Decimal


@dataclass(frozen=True)
class Dot:
    """A spot on the sketch."""

    x: float
    y: float
    name: str
    address: str
    here: bool


@dataclass(frozen=True)
class Sketch:
    """Where something lies among its neighbours: dots, and how long a bar of so many kilometres is."""

    dots: list[Dot]
    bar: float
    kilometres: float
    wide: int = WIDE
    high: int = HIGH


def sketch(here: Spot, others: list[Spot]) -> Sketch:
    """Return the sketch of a place and its neighbours, north up."""
    lean = math.cos(math.radians(float(here.latitude)))
    places = [
        (one, float(one.longitude - here.longitude) * lean * KILOMETRES, float(one.latitude - here.latitude) * KILOMETRES)
        for one in [here, *others]
    ]
    reach = max([abs(part) for _one, east, north in places for part in (east, north * WIDE / HIGH)] + [1.0])
    scale = (WIDE / 2 - MARGIN) / reach
    dots = [
        Dot(WIDE / 2 + east * scale, HIGH / 2 - north * scale, one.name, one.address, one is here)
        for one, east, north in places
    ]
    kilometres = 10.0 ** math.floor(math.log10(reach))
    return Sketch(dots, kilometres * scale, kilometres)
