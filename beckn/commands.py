"""What the network asks, in no dialect's shapes."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from app.directory.kinds import Category
from app.patients.views import Sex


class Search(Struct, frozen=True):
    """
    What is sought; what is empty is not asked for.

    `provider` and `doctor` are ids or parts of names, `department` a code or a name.
    A moment without a zone is local time of the provider. `remote` asks for what is
    given over the wire.
    """

    provider: str = ""
    doctor: str = ""
    department: str = ""
    services: frozenset[Category] = frozenset()
    item: str = ""
    after: datetime | None = None
    before: datetime | None = None
    remote: bool = False


class FindDoctors(Search, frozen=True):
    """Ask who has something free, before asking when."""


class Person(Struct, frozen=True):
    """
    Who comes: age in years or the year of birth, phone as it was written.

    `abha` is the number that their app says they have proved; nobody believes it yet.
    """

    name: str
    sex: Sex = Sex.UNKNOWN
    age: int | None = None
    phone: str = ""
    birth_year: int | None = None
    abha: str = ""

    def over(self, known: "Person") -> "Person":
        """Give what is said here, and of what is not, what was known."""
        return Person(
            name=self.name or known.name,
            sex=known.sex if self.sex is Sex.UNKNOWN else self.sex,
            age=known.age if self.age is None else self.age,
            phone=self.phone or known.phone,
            birth_year=known.birth_year if self.birth_year is None else self.birth_year,
            abha=self.abha or known.abha,
        )


class Billing(Struct, frozen=True):
    name: str
    phone: str = ""
    email: str = ""

    def over(self, known: "Billing") -> "Billing":
        """Give what is said here, and of what is not, what was known."""
        return Billing(
            self.name or known.name,
            self.phone or known.phone,
            self.email or known.email,
        )


class Select(Struct, frozen=True):
    """What a buyer would like: ids as they stood in the catalog."""

    provider: str
    item: str
    fulfilment: str


class Init(Select, frozen=True):
    """
    A place to be held, and who comes and pays as far as it is said.

    `form` is by what id the buyer says our form was filled, if they say so; it is None
    in a dialect that knows no forms.
    """

    person: Person | None = None
    billing: Billing | None = None
    form: str | None = None


class Payment(Struct, frozen=True):
    """
    What a buyer says of the money: who takes it, and what was paid already.

    `collected_by` is in capitals, `transaction_id` names the transfer. `currency` is
    None where it need not be said.
    """

    collected_by: str = ""
    paid: bool = False
    transaction_id: str = ""
    amount: Decimal | None = None
    currency: str | None = ""


NOTHING_SAID = Payment()


class Confirm(Init, frozen=True):
    """
    An order given; `price` is what the buyer says was quoted, if they say it.

    `draft` is the id under which it was drafted, if the buyer was told one.
    """

    price: Decimal | None = None
    payment: Payment = NOTHING_SAID
    draft: str = ""


class Status(Struct, frozen=True):
    order: str


class Track(Struct, frozen=True):
    order: str


class Cancel(Struct, frozen=True):
    order: str
    reason: str
    words: str = ""


class Part(StrEnum):
    """What of an order is to be another."""

    TIME = "time"
    ITEM = "item"
    PERSON = "person"
    BILLING = "billing"


class Update(Struct, frozen=True):
    """
    A change of an order; another place by its id, or another start of the visit.

    Buyers name the `item` along; it stays what it is.
    """

    order: str
    parts: frozenset[Part]
    fulfilment: str = ""
    item: str = ""
    starts_at: datetime | None = None
    billing: Billing | None = None
    person: Person | None = None


class Rate(Struct, frozen=True):
    """Stars from 1 to 5, of `target` by its id."""

    category: str
    target: str
    value: str


class Support(Struct, frozen=True):
    order: str


class Reasons(Struct, frozen=True):
    """Ask why one may cancel."""


class RatingCategories(Struct, frozen=True):
    """Ask what may be rated."""


Command = (
    Search
    | FindDoctors
    | Select
    | Init
    | Confirm
    | Status
    | Track
    | Cancel
    | Update
    | Rate
    | Support
    | Reasons
    | RatingCategories
)
