"""The routes of the network: nobody finds them where no network is joined."""

from uuid import UUID

from tests.doors.access import Answer, Person, Route, staff

# Who may keep the network finds nothing either where none is joined.
_KEEPERS = staff(
    outsider=Answer.FORBIDDEN,
    analyst=Answer.FORBIDDEN,
    desk=Answer.FORBIDDEN,
    admin=Answer.HIDDEN,
)
_MESSAGE = {"message": UUID(int=1)}

NETWORK = (
    Route(
        "beckn.receive",
        "POST",
        dict.fromkeys(Person, Answer.HIDDEN),
        args=lambda world: {"action": "search"},
        json=lambda world: {"context": {}},
    ),
    Route(
        "beckn_registry.on_subscribe",
        "POST",
        dict.fromkeys(Person, Answer.HIDDEN),
        json=lambda world: {"challenge": ""},
    ),
    Route(
        "beckn_form.show",
        "GET",
        dict.fromkeys(Person, Answer.HIDDEN),
        args=lambda world: {"form": UUID(int=1)},
    ),
    Route(
        "beckn_form.fill",
        "POST",
        dict.fromkeys(Person, Answer.HIDDEN),
        args=lambda world: {"form": UUID(int=1)},
    ),
    Route("network.index", "GET", _KEEPERS),
    Route("network.proofs", "GET", _KEEPERS),
    Route("network.show", "GET", _KEEPERS, args=lambda world: _MESSAGE),
    Route("network.one", "GET", _KEEPERS, args=lambda world: _MESSAGE),
    Route("network.resend", "POST", _KEEPERS, args=lambda world: _MESSAGE),
)
