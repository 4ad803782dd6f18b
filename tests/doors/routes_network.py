"""The routes of the network: nobody finds them where no network is joined."""

from tests.doors.access import Answer, Person, Route

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
)
