"""Draws people from the lists of the data file: always the same ones for the same seed."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from webapp.demo.numbers import account_number, identity_number, mobile_number

_GENERATION = 1975


@dataclass(frozen=True, slots=True)
class Drawn:
    """A made-up person before they are in the database."""

    name: str
    female: bool
    birth: date
    joined: date
    employment: str
    order: int

    @property
    def identity(self) -> str:
        """The made-up identity number."""
        return identity_number(self.birth, self.order, female=self.female)

    @property
    def account(self) -> str:
        """The made-up bank account."""
        return account_number(self.order)

    @property
    def facts(self) -> dict[str, Any]:
        """What the directory keeps of a person."""
        return {
            "gender": "female" if self.female else "male",
            "birth_date": self.birth.isoformat(),
            "join_date": self.joined.isoformat(),
            "employment_type": self.employment,
            "mobile": mobile_number(self.order),
        }


class People:
    """An endless row of made-up people."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._names = data["names"]
        self._employment = data["employment"]
        # Nothing here is secret: the same seed must give the same people.
        self._random = random.Random(data["seed"])
        self._taken: set[str] = {one["name"] for one in data["story"]}
        self._order = 0

    def next(
        self,
        *,
        name: str | None = None,
        female: bool | None = None,
        birth: date | None = None,
    ) -> Drawn:
        """The next person; what is given is not drawn."""
        self._order += 1
        draw = self._random
        if female is None:
            female = draw.random() < 0.47
        if birth is None:
            # Most are between thirty and fifty-eight.
            birth = date(1966, 1, 1) + timedelta(days=int(draw.betavariate(1.6, 1.4) * 12800))
        employment = draw.choices(list(self._employment), list(self._employment.values()))[0]
        if employment == "retired":
            birth = birth.replace(year=1958 + birth.year % 8, day=min(birth.day, 28))
        joined = date(birth.year + draw.randint(22, 27), draw.choice([3, 7, 9]), 1)
        return Drawn(
            name=name or self._name(female, birth),
            female=female,
            birth=birth,
            joined=min(joined, date(2025, 9, 1)),
            employment=employment,
            order=self._order,
        )

    def _name(self, female: bool, birth: date) -> str:
        names, draw = self._names, self._random
        sex = "female" if female else "male"
        while True:
            surname = draw.choices(list(names["surnames"]), list(names["surnames"].values()))[0]
            if draw.random() * 100 < names["share_single"]:
                given = draw.choice(names[f"{sex}_single"])
            elif birth.year < _GENERATION:
                given = draw.choice(names[f"{sex}_before_1975"])
            else:
                given = draw.choice(names[sex])
            # Two people of one name exist anywhere; in a demonstration they would confuse.
            if surname + given not in self._taken:
                self._taken.add(surname + given)
                return f"{surname}{given}"
