"""Doctors, rooms, chairs, places and machines: whatever can be scheduled."""

from collections.abc import Callable, Iterator

from msgspec import Struct

from app.accounts import queries as accounts
from app.core.errors import NotFoundError
from app.directory import internal as directory
from app.directory import service
from app.directory.kinds import LocationForm, ResourceKind
from app.directory.service import NewPost, NewResource
from app.directory.views import ResourceView
from app.exchange import fields
from app.exchange.desk import Desk, Done, Item, Named, SkippedError, compare
from app.exchange.entry import Entry


class _Post(Struct, frozen=True):
    """A place to serve, as the file names it."""

    path: str
    facility: str
    department: str | None
    place: str | None
    token_prefix: str | None

    def order(self, desk: Desk) -> NewPost:
        facility = desk.facility(self.facility, f"{self.path}facility")
        department_id = None
        if self.department is not None:
            field = f"{self.path}department"
            department_id = desk.department(self.department, facility, field)
        return NewPost(
            facility_id=facility.id,
            department_id=department_id,
            place=self.place or "",
            token_prefix=self.token_prefix,
        )


def reader(kind: ResourceKind, section: str) -> Callable[[Entry], Iterator[Item]]:
    """Make the reader of a section of resources of one kind."""

    def read(entry: Entry) -> Iterator[Item]:
        order = _order(entry, kind)
        user = _user(entry, kind)
        posts = _posts(entry)
        given = [each for each in _COMPARED if entry.has(each)]

        def act(desk: Desk) -> Done:
            kept = directory.posts_of_code(order.code)
            if not kept:
                _add(order, user, posts, desk)
                return Done.ADDED
            compare(
                "resource",
                [
                    ("kind", kept[0].kind, kind),
                    ("name", kept[0].name, order.name),
                    *((n, _kept(kept[0], n), getattr(order, n)) for n in given),
                ],
            )
            return _post(kept, posts, desk)

        yield Item(entry, section, act, Named("resource", order.code), stage=3)

    return read


_COMPARED = ("capacity", "buffer_before", "buffer_after", "schedule_only")


def _order(entry: Entry, kind: ResourceKind) -> NewResource:
    person, machine = kind is ResourceKind.PRACTITIONER, kind is ResourceKind.EQUIPMENT
    form = None
    if kind is ResourceKind.LOCATION:
        form = entry.take("form", fields.one_of(LocationForm), LocationForm.SITE)
    return NewResource(
        code=entry.take("code", fields.text),
        kind=kind,
        name=entry.take("name", fields.text),
        form=form,
        speciality=entry.take("speciality", fields.text, "") if person else "",
        model=entry.take("model", fields.text, "") if machine else "",
        capacity=entry.take("capacity", fields.whole, 1),
        buffer_before=entry.take("buffer_before", fields.whole, 0),
        buffer_after=entry.take("buffer_after", fields.whole, 0),
        capabilities=entry.take("capabilities", fields.texts, ()),
        schedule_only=entry.take("schedule_only", fields.flag, default=False),
    )


def _user(entry: Entry, kind: ResourceKind) -> str | None:
    if kind is not ResourceKind.PRACTITIONER:
        return None
    return entry.take("user", fields.text, None)


def _posts(entry: Entry) -> tuple[_Post, ...]:
    """Read where it serves: one place beside the name, or a list of posts."""
    if not entry.has("posts"):
        return (_read_post(entry, ""),)
    found = []
    for index, each in enumerate(entry.entries("posts", required=True)):
        found.append(_read_post(each, f"posts[{index}]."))
        entry.good = each.close() and entry.good
    return tuple(found)


def _read_post(entry: Entry, path: str) -> _Post:
    return _Post(
        path=path,
        facility=entry.take("facility", fields.text),
        department=entry.take("department", fields.text, None),
        place=entry.take("place", fields.text, None),
        token_prefix=entry.take("token_prefix", fields.text, None),
    )


def _add(
    order: NewResource, user: str | None, posts: tuple[_Post, ...], desk: Desk
) -> None:
    if user is not None:
        order = _linked(order, user, desk)
    first, *others = posts
    added = service.add_resource(order, first.order(desk), by=desk.by, now=desk.now)
    for each in others:
        service.post_resource(
            added.public_id, each.order(desk), by=desk.by, now=desk.now
        )


def _linked(order: NewResource, user: str, desk: Desk) -> NewResource:
    found = accounts.by_username(user)
    if found is None:
        if Named("user", user) in desk.failed:
            raise SkippedError
        raise NotFoundError("user", field="user", value=user)
    return NewResource(
        code=order.code,
        kind=order.kind,
        name=order.name,
        speciality=order.speciality,
        capacity=order.capacity,
        buffer_before=order.buffer_before,
        buffer_after=order.buffer_after,
        capabilities=order.capabilities,
        schedule_only=order.schedule_only,
        user_id=found.id,
    )


def _post(kept: list[ResourceView], posts: tuple[_Post, ...], desk: Desk) -> Done:
    """Compare the posts there are, and add those that are missing."""
    done = Done.SAME
    there = {each.facility_id: each for each in kept}
    for post in posts:
        order = post.order(desk)
        here = there.get(order.facility_id)
        if here is None:
            service.post_resource(kept[0].public_id, order, by=desk.by, now=desk.now)
            done = Done.ADDED
            continue
        compare(
            "post",
            [
                (f"{post.path}department", here.department, post.department),
                (f"{post.path}place", here.place, post.place),
                (f"{post.path}token_prefix", here.token_prefix, post.token_prefix),
            ],
        )
    return done


def _kept(view: ResourceView, name: str) -> int:
    if name == "schedule_only":
        return view.schedule_only
    if name == "capacity":
        return view.capacity
    buffer = view.buffer_before if name == "buffer_before" else view.buffer_after
    return int(buffer.total_seconds() // 60)
