"""The route of the network: nobody finds it where no network is joined."""

from tests.doors.access import Answer, Person, Route

NETWORK = (
    Route(
        "beckn.receive",
        "POST",
        dict.fromkeys(Person, Answer.HIDDEN),
        args=lambda world: {"action": "search"},
        json=lambda world: {"context": {}},
    ),
)
