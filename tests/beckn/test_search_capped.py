"""A day of a catalog has an end, however much is free on it."""

from datetime import time

from beckn.acts import searching
from tests import factories as make
from tests.beckn.buying import Buyer, show
from tests.factories import NOW


def test_no_day_of_a_search_has_more_places_than_anybody_reads(session):
    place = make.facility()
    make.kind(minutes=5)
    for _ in range(2):
        doctor = make.resource(place)
        make.hours(place, doctor, make.open_time(time(0), time(23, 55)))
        show(place, doctor)
    stop = {"time": {"range": {"start": "2026-03-03 00:00", "end": "2026-03-04 00:00"}}}

    days = Buyer(place=place).asks(
        "search", NOW, intent={"fulfillment": {"stops": [stop]}}
    )

    ((provider,),) = [told["catalog"]["providers"] for told in days]
    (item,) = provider["items"]
    assert len(provider["fulfillments"]) == searching.MOST_A_DAY
    assert len(item["fulfillment_ids"]) == searching.MOST_A_DAY
