"""Facilities with their departments and hours, and why people come."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from app.core.errors import NotFoundError
from app.directory import internal as directory
from app.directory import service
from app.directory.kinds import Category
from app.directory.service import NewFacility, NewType
from app.exchange import fields
from app.exchange.desk import Desk, Done, Item, Named, compare
from app.exchange.entry import Entry
from app.exchange.sections import hours


def facility(entry: Entry) -> Iterator[Item]:
    slug = entry.take("slug", fields.text)
    order = NewFacility(
        slug=slug,
        name=entry.take("name", fields.text),
        zone=entry.take("zone", fields.text),
        address=entry.take("address", fields.text, ""),
        phone=entry.take("phone", fields.text, ""),
        region=entry.take("region", fields.text, ""),
    )
    given = [name for name in ("address", "phone", "region") if entry.has(name)]

    def act(desk: Desk) -> Done:
        try:
            kept = directory.facility_by_slug(order.slug)
        except NotFoundError:
            service.add_facility(order, by=desk.by, now=desk.now)
            return Done.ADDED
        return compare(
            "facility",
            [
                ("name", kept.name, order.name),
                ("zone", kept.zone.key, _canonical(order.zone)),
                *((name, getattr(kept, name), getattr(order, name)) for name in given),
            ],
        )

    yield Item(entry, "facilities", act, Named("facility", slug))
    for name in dict.fromkeys(entry.take("departments", fields.texts, ())):
        yield _department(entry, slug, name)
    if own := entry.inner("hours"):
        yield hours.of_facility(own, slug)
        entry.good = entry.good and own.good


def _department(entry: Entry, slug: str, name: str) -> Item:
    def act(desk: Desk) -> Done:
        place = desk.facility(slug)
        if name in {each.name for each in directory.departments(place.id)}:
            return Done.SAME
        service.add_department(place, name, by=desk.by, now=desk.now)
        return Done.ADDED

    makes = Named("department", f"{slug}/{name}")
    return Item(entry, "departments", act, makes, stage=1)


def appointment_type(entry: Entry) -> Iterator[Item]:
    order = NewType(
        code=entry.take("code", fields.text),
        name=entry.take("name", fields.text),
        category=entry.take("category", fields.one_of(Category)),
        minutes=entry.take("minutes", fields.whole),
        price=entry.take("price", fields.money, None),
        public=entry.take("public", fields.flag, default=True),
        follow_up_days=entry.take("follow_up_days", fields.whole, 30),
    )
    given = [each for each in ("public", "follow_up_days") if entry.has(each)]

    def act(desk: Desk) -> Done:
        try:
            kept = directory.type_by_code(order.code)
        except NotFoundError:
            service.add_type(order, by=desk.by, now=desk.now)
            return Done.ADDED
        return compare(
            "type",
            [
                ("name", kept.name, order.name),
                ("category", kept.category, order.category),
                ("minutes", kept.minutes, order.minutes),
                *((name, getattr(kept, name), getattr(order, name)) for name in given),
            ],
        )

    yield Item(entry, "types", act, Named("type", order.code))


def _canonical(zone: str) -> str:
    """Leave a zone as it is: an unknown one differs from every kept one."""
    return zone if zone == "" else ZoneInfo(zone).key
