"""Set-up of wall boards and of the counters people are called to."""

from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.permissions import Permission
from app.core import clock
from app.core.errors import DomainError, InputError, NotFoundError
from app.directory import queries as directory
from app.directory.kinds import ResourceKind
from app.directory.views import FacilityView
from app.doors import current
from app.doors.board_words import LANGUAGES
from app.queues import queries, service
from app.queues.board_views import BoardChange, BoardView, NewBoard, Shown
from app.queues.kinds import Privacy
from app.queues.views import NewCounter
from app.web.hours_desk import leave_for
from app.web.setting_form import (
    Field,
    Options,
    Sheet,
    Values,
    chosen,
    flag,
    on,
    place_of,
    text,
)
from app.web.setting_home import Listing, Row

bp = Blueprint("screens", __name__, url_prefix="/setup/at/<facility>")

PRIVACY: Options = (
    (Privacy.TOKEN.value, "Tokens only"),
    (Privacy.INITIALS.value, "Tokens and initials"),
    (Privacy.NONE.value, "Tokens and full names"),
)
_SHOWN = frozenset({ResourceKind.PRACTITIONER, ResourceKind.TEAM})


@bp.get("/boards")
def index(facility: str) -> ResponseReturnValue:
    """List the boards with the address of each."""
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    privacy = dict(PRIVACY)
    rows = [
        Row(
            each.name,
            url_for(".form", facility=facility, board=each.id),
            (privacy[each.privacy], url_for("board.show", code=each.code)),
            () if each.active else ("taken down",),
        )
        for each in queries.boards(place, by=current.actor())
    ]
    return Listing(
        "Wall boards",
        ("Board", "Lets be seen", "Address", "State"),
        rows,
        acts=(
            ("Hang up a board", url_for(".new", facility=facility)),
            ("Add a counter", url_for(".counter_form", facility=facility)),
        ),
        lead="Open the address on the screen in the hall; nobody signs in there.",
        empty="No board yet. Hang up the first one.",
    ).shown(place, [])


@bp.get("/boards/new")
def new(facility: str) -> ResponseReturnValue:
    return _sheet(place_of(facility, Permission.MANAGE_DIRECTORY)).shown()


@bp.post("/boards/new")
def add(facility: str) -> ResponseReturnValue:
    """Hang up a board."""
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    try:
        wanted = NewBoard(
            place.public_id,
            text(typed, "name"),
            _shows(typed),
            chosen(typed, "privacy", Privacy),
            _languages(typed),
            flag(typed, "sound"),
        )
        service.add_board(wanted, by=by, now=clock.now())
    except DomainError as error:
        return _sheet(place).shown(typed, _aimed(error))
    return leave_for(url_for(".index", facility=facility, done="added"))


@bp.get("/boards/<uuid:board>")
def form(facility: str, board: UUID) -> ResponseReturnValue:
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    return _sheet(place, _board(place, board)).shown()


@bp.post("/boards/<uuid:board>")
def change(facility: str, board: UUID) -> ResponseReturnValue:
    """Change a board, or take it down; a new address ends the old one."""
    by, typed = current.actor(), request.form
    place = place_of(facility, Permission.MANAGE_DIRECTORY)
    it = _board(place, board)
    try:
        asked = BoardChange(
            name=text(typed, "name"),
            shows=_shows(typed),
            privacy=chosen(typed, "privacy", Privacy),
            languages=_languages(typed),
            sound=flag(typed, "sound"),
            active=flag(typed, "active"),
            new_code=flag(typed, "new_code"),
        )
        service.change_board(it.id, asked, by=by, now=clock.now())
    except DomainError as error:
        return _sheet(place, it).shown(typed, _aimed(error))
    return leave_for(url_for(".index", facility=facility, done="changed"))


@bp.get("/counters/new")
def counter_form(facility: str) -> ResponseReturnValue:
    return _counter(place_of(facility, Permission.MANAGE_DIRECTORY)).shown()


@bp.post("/counters/new")
def add_counter(facility: str) -> ResponseReturnValue:
    """Add a counter."""
    by, typed = current.actor(), request.form
    place = directory.facility(facility, by=by)
    wanted = NewCounter(place.public_id, text(typed, "code"), text(typed, "name"))
    try:
        service.add_counter(wanted, by=by, now=clock.now())
    except DomainError as error:
        return _counter(place).shown(typed, error)
    return leave_for(url_for(".index", facility=facility, done="added"))


def _board(place: FacilityView, board: UUID) -> BoardView:
    for each in queries.boards(place, by=current.actor()):
        if each.id == board:
            return each
    raise NotFoundError("board", field="board")


def _shows(typed: Values) -> Shown:
    return Shown(_ids(typed, "resources"), _ids(typed, "counters"))


def _ids(typed: Values, name: str) -> tuple[UUID, ...]:
    try:
        return tuple(UUID(each) for each in typed.getlist(name))
    except ValueError as exc:
        raise InputError(field=name, reason="choice") from exc


def _languages(typed: Values) -> tuple[str, ...]:
    found = tuple(typed.getlist("languages"))
    if set(found) - LANGUAGES.keys():
        raise InputError(field="languages", reason="choice")
    return found


def _aimed(error: DomainError) -> DomainError:
    """Put what is wrong with all that it shows beside the first list of it."""
    if error.field == "shows":
        error.field = "resources"
    return error


def _sheet(place: FacilityView, it: BoardView | None = None) -> Sheet:
    by = current.actor()
    doctors = tuple(
        (str(each.public_id), each.name)
        for each in directory.resources(place, by=by)
        if (each.active and each.kind in _SHOWN)
        or (it is not None and each.public_id in it.resources)
    )
    desks = tuple((str(each.id), each.name) for each in queries.counters(place, by=by))
    spoken = tuple((code, each.name) for code, each in LANGUAGES.items())
    lists = (
        ("resources", "Queues of", doctors, it.resources if it else ()),
        ("counters", "Calls to", desks, it.counters if it else ()),
        ("languages", "Languages", spoken, it.languages if it else ("en",)),
    )
    privacy = it.privacy if it else Privacy.TOKEN
    fields = (
        Field("name", "Name", hint="as OPD floor 1", start=(it.name if it else "",)),
        *(
            Field(name, label, "checks", options=options, start=tuple(map(str, start)))
            for name, label, options, start in lists
            if options
        ),
        Field("privacy", "Lets be seen", "choice", options=PRIVACY, start=(privacy,)),
        Field("sound", "Calls aloud", "flag", start=on(it is None or it.sound)),
    )
    if it is not None:
        fields += (
            Field("active", "In use", "flag", start=on(it.active)),
            Field("new_code", "Give it another address", "flag", "the old one ends"),
        )
    slug = place.slug
    return Sheet(
        title=it.name if it else "Hang up a board",
        fields=fields,
        address=(
            url_for("screens.change", facility=slug, board=it.id)
            if it
            else url_for("screens.add", facility=slug)
        ),
        back=url_for("screens.index", facility=slug),
        submit="Change it" if it else "Hang it up",
        facility=place,
        lead="Everybody who has its address may look. Names only where all agree.",
        links=((url_for("board.show", code=it.code), "Open it"),) if it else (),
    )


def _counter(place: FacilityView) -> Sheet:
    return Sheet(
        title="Add a counter",
        fields=(
            Field("code", "Short name", hint="as 1"),
            Field("name", "Name", hint="as boards say it: Counter 1"),
        ),
        address=url_for("screens.add_counter", facility=place.slug),
        back=url_for("screens.index", facility=place.slug),
        submit="Add it",
        facility=place,
    )
