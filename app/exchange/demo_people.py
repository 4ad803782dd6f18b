"""Five hundred people of the demo: families share a phone, and names are long."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from app.patients.views import NewPatient, Sex

HOW_MANY = 500
# Forty letters, as some names have: every screen must survive it.
LONGEST = "Venkatanarasimharajuvaripeta Subrahmanyam"

_WOMEN = (
    "Aiswarya",
    "Ammini",
    "Anitha",
    "Anu",
    "Archana",
    "Asha",
    "Athira",
    "Bhavana",
    "Bindu",
    "Deepa",
    "Devika",
    "Elizabeth",
    "Fathima",
    "Gayathri",
    "Geetha",
    "Gracy",
    "Haseena",
    "Indira",
    "Jameela",
    "Jaya",
    "Kavya",
    "Lakshmi",
    "Latha",
    "Leela",
    "Maria",
    "Mariam",
    "Maya",
    "Meenakshi",
    "Mini",
    "Nandana",
    "Nisha",
    "Parvathy",
    "Priya",
    "Radha",
    "Remya",
    "Rosamma",
    "Safiya",
    "Sandhya",
    "Saraswathi",
    "Shahina",
    "Sheeba",
    "Sindhu",
    "Soumya",
    "Sreedevi",
    "Suja",
    "Thankamma",
    "Usha",
    "Vidya",
    "Zainab",
)
_MEN = (
    "Abdul",
    "Abhijith",
    "Ajith",
    "Anand",
    "Anil",
    "Antony",
    "Arun",
    "Ashraf",
    "Babu",
    "Basheer",
    "Biju",
    "Binoy",
    "Chacko",
    "Dileep",
    "George",
    "Gopalan",
    "Hari",
    "Ibrahim",
    "Jacob",
    "Jayan",
    "Jithin",
    "Kabeer",
    "Krishnan",
    "Kuriakose",
    "Laiju",
    "Madhavan",
    "Manoj",
    "Mathew",
    "Mohammed",
    "Muraleedharan",
    "Nandu",
    "Noushad",
    "Paulose",
    "Pradeep",
    "Rafeeq",
    "Rahul",
    "Rajan",
    "Ramesh",
    "Sajeev",
    "Sanjay",
    "Santhosh",
    "Shaji",
    "Sreejith",
    "Sunil",
    "Suresh",
    "Thomas",
    "Unni",
    "Varghese",
    "Vijayan",
    "Vishnu",
)
_FAMILIES = (
    "Achari",
    "Ambalath",
    "Antony",
    "Arakkal",
    "Bhat",
    "Chandran",
    "Cherian",
    "D'Souza",
    "Fernandes",
    "Gopinath",
    "Haneefa",
    "Iyer",
    "Jose",
    "Joseph",
    "Kallingal",
    "Kannan",
    "Kartha",
    "Khan",
    "Koya",
    "Kurup",
    "Kutty",
    "Lopez",
    "Mappila",
    "Mathai",
    "Menon",
    "Moideen",
    "Nair",
    "Namboothiri",
    "Narayanan",
    "Nambiar",
    "Ommen",
    "Panicker",
    "Parameswaran",
    "Pillai",
    "Pothen",
    "Poduval",
    "Rahman",
    "Ravindran",
    "Shenoy",
    "Sivadasan",
    "Thampi",
    "Tharakan",
    "Thekkekara",
    "Unnithan",
    "Varier",
    "Varma",
    "Vasudevan",
    "Warrier",
    "Xavier",
    "Zacharias",
)
_LANGUAGES = ("ml", "ml", "ml", "en", "hi", "ta", "ar")


def people(dice: Random, today: date) -> Iterator[NewPatient]:
    """Give the people, family by family; the last one has the longest name."""
    made = 0
    household = 0
    while made < HOW_MANY - 1:
        household += 1
        surname = dice.choice(_FAMILIES)
        language = dice.choice(_LANGUAGES)
        for _ in range(min(dice.choice((1, 1, 2, 3, 4, 5)), HOW_MANY - 1 - made)):
            sex = dice.choice((Sex.FEMALE, Sex.MALE))
            first = dice.choice(_WOMEN if sex is Sex.FEMALE else _MEN)
            yield _person(
                dice, today, f"{first} {surname}", sex, _phone(household), language
            )
            made += 1
    yield _person(dice, today, LONGEST, Sex.MALE, _phone(household + 1), "en")


def _person(  # noqa: PLR0917 - what a person is made of
    dice: Random, today: date, name: str, sex: Sex, phone: str, language: str
) -> NewPatient:
    born = today - timedelta(days=dice.randrange(30, 32_000))
    # Many know only the year they were born in.
    known = dice.random() < 0.7
    return NewPatient(
        name=name,
        phone=phone,
        sex=sex,
        birth_date=born if known else None,
        birth_year=None if known else born.year,
        language=language,
    )


def _phone(household: int) -> str:
    """Make up a number: every sixth family has one of the Emirates."""
    if household % 6 == 0:
        return f"+97150000{household:04d}"
    return f"+9190000{household:05d}"
