"""What the network is answered, in no dialect's shapes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from app.booking.states import Status
from app.core.spans import Span
from app.directory.views import FacilityView, ResourceView, TypeView
from beckn.commands import Billing, Person
from beckn.terms import Terms


class Quote(Struct, frozen=True):
    """
    What a visit costs, nothing if that is told at the desk; `ttl` if it ends.

    `paid` names the transfer by which it was paid before the visit was booked.
    """

    price: Decimal
    currency: str
    ttl: timedelta | None = None
    terms: Terms = Terms.DESK
    paid: str = ""


class Offer(Struct, frozen=True):
    """
    A place in a catalog or an order; `left` counts the places of a token slot.

    In catalogs `hfr_id` and `hpr_id` are by what registries know facility and doctor;
    in orders `notice` is how long before its start it is cancelled at the latest.
    """

    fulfilment: str
    facility: FacilityView
    resource: ResourceView
    type: TypeView
    span: Span
    quote: Quote
    left: int = 1
    approval: bool = False
    hfr_id: str = ""
    hpr_id: str = ""
    notice: timedelta | None = None


class Catalog(Struct, frozen=True):
    """What is free on one day, of all providers."""

    offers: tuple[Offer, ...]


class Found(Struct, frozen=True):
    """What a search found: a catalog for each day; one that is empty, if nothing."""

    days: tuple[Catalog, ...]


class Doctors(Struct, frozen=True):
    """Who has something free: of each, the first place of each type."""

    doctors: tuple[tuple[Offer, ...], ...]


class Quoted(Struct, frozen=True):
    offer: Offer


class Form(Struct, frozen=True):
    """
    Where who comes may say so, as the rest of an address, and what that is known by.

    `needed` while the order cannot be given without.
    """

    path: str
    id: str
    needed: bool


class Drafted(Struct, frozen=True):
    """
    An order that is held, not given yet; the quote ends with the hold.

    `order` is the id that it will have, for dialects that tell it already.
    """

    order: str
    offer: Offer
    person: Person | None
    billing: Billing | None
    form: Form


class Called(Struct, frozen=True):
    """Why, when and by whom an order was called off."""

    at: datetime
    by_buyer: bool
    reason: str
    words: str


class Ordered(Struct, frozen=True):
    """
    An order as it stands; `state_at` is since when it is in its status.

    `called_to` is the room to which its number is being called, if it has a name.
    """

    order: str
    offer: Offer
    person: Person
    billing: Billing
    status: Status
    token: str | None
    created_at: datetime
    updated_at: datetime
    state_at: datetime
    cancelled: Called | None = None
    called_to: str | None = None


class Cancelled(Ordered, frozen=True):
    """An order that was called off."""


class Updated(Ordered, frozen=True):
    """An order that was changed."""


class Tracked(Struct, frozen=True):
    """Where the visit is followed: the rest of an address, from its slash on."""

    order: str
    path: str
    active: bool


class Rated(Struct, frozen=True):
    """Where more can be said of the visit."""

    path: str


class Supported(Struct, frozen=True):
    order: str
    phone: str


class Listed(Struct, frozen=True):
    """Choices by their ids: reasons to cancel, or what may be rated."""

    choices: Mapping[str, str]


class Reasoned(Listed, frozen=True):
    """Why one may cancel."""


class Rateable(Listed, frozen=True):
    """What may be rated."""


Result = (
    Found
    | Catalog
    | Doctors
    | Quoted
    | Drafted
    | Ordered
    | Cancelled
    | Updated
    | Tracked
    | Rated
    | Supported
    | Reasoned
    | Rateable
)
