"""Routes of the staff's pages."""

from tests.doors.access import Answer, Route, everybody, staff

WEB = (
    Route("signing.sign_in", "GET", everybody()),
    Route(
        "signing.enter",
        "POST",
        dict.fromkeys(everybody(), Answer.SIGN_IN),
        form=lambda _: {"username": "nobody", "password": "wrong"},
    ),
    Route("signing.sign_out", "POST", everybody()),
    Route("calendar.home", "GET", staff()),
    Route(
        "calendar.show",
        "GET",
        staff(outsider=Answer.HIDDEN),
        args=lambda world: {"facility": world.kochi.slug},
    ),
)
