"""Booking, reading, moving and cancelling, as JSON."""

from datetime import timedelta

import psycopg
import pytest

from app.booking.models import Appointment
from app.core.db import db
from tests import factories as make
from tests.doors.callers import caller, problem, timed_body, token_body
from tests.doors.world import NOW, local

pytestmark = pytest.mark.time_machine(NOW, tick=False)


@pytest.fixture
def tokens(world):
    return f"/api/facilities/{world.kochi.public_id}/tokens"


@pytest.fixture
def bookings(world):
    return f"/api/facilities/{world.kochi.public_id}/appointments"


class TestBookToken:
    def test_gives_the_appointment_and_its_number(self, desk, world, tokens):
        response = desk.post(tokens, token_body(world, local(10)))

        told = response.json
        assert response.status_code == 201
        # The world has booked A-01 already.
        assert (told["kind"], told["status"], told["token"]) == (
            "token",
            "scheduled",
            "A-02",
        )
        assert told["patients"][0]["name"] == "Asha Nair"
        assert (told["channel"], told["revision"]) == ("api", 1)
        assert response.headers["ETag"] == '"1"'

    def test_refuses_a_full_slot_with_the_nearest_others(self, desk, world, tokens):
        for _ in range(4):
            desk.post(tokens, token_body(world, local(11)))

        response = desk.post(tokens, token_body(world, local(11)))

        told = problem(response, 409, "slot_full")
        assert told["alternatives"][0]["starts_at"] == "2026-03-02T06:00:00+00:00"
        assert told["alternatives"][0]["left"] == 4

    def test_refuses_a_time_at_which_no_slot_starts(self, desk, world, tokens):
        response = desk.post(tokens, token_body(world, local(10, 10)))

        told = problem(response, 422, "not_offered")
        assert told["field"] == "starts_at"
        assert told["alternatives"]

    def test_refuses_a_slot_that_has_ended(self, desk, world, tokens, time_machine):
        time_machine.move_to(local(10, 30), tick=False)

        response = desk.post(tokens, token_body(world, local(10)))

        assert problem(response, 422, "over")["field"] == "starts_at"

    @pytest.mark.parametrize("field", ["resource_id", "patient_id", "type_id"])
    def test_names_the_id_that_is_unknown(self, desk, world, tokens, field):
        unknown = "00000000-0000-4000-8000-000000000000"

        response = desk.post(tokens, token_body(world, local(10), **{field: unknown}))

        assert problem(response, 404, "not_found")["field"] == field

    def test_keeps_the_analyst_out(self, analyst, world, tokens):
        response = analyst.post(tokens, token_body(world, local(10)))

        problem(response, 403, "forbidden")


class TestBookTimed:
    def test_takes_the_minutes_of_its_type(self, desk, world, bookings):
        response = desk.post(bookings, timed_body(world, local(15)))

        told = response.json
        assert response.status_code == 201
        assert (told["kind"], told["token"]) == ("timed", None)
        assert told["ends_at"] == local(15, 30).isoformat()

    def test_books_each_resource_for_its_own_part(self, desk, world, bookings):
        body = timed_body(world, local(15), ends_at=local(16).isoformat())
        body["resources"].append(
            {
                "resource_id": str(world.theatre.public_id),
                "starts_at": local(15, 30).isoformat(),
                "ends_at": local(16).isoformat(),
            }
        )

        response = desk.post(bookings, body)

        parts = {r["resource"]["code"]: r for r in response.json["resources"]}
        assert parts["rao"]["starts_at"] == local(15).isoformat()
        assert parts["theatre-1"]["starts_at"] == local(15, 30).isoformat()

    def test_names_the_clash_but_nobody_in_it(self, desk, world, bookings):
        response = desk.post(bookings, timed_body(world, local(14)))

        told = problem(response, 409, "slot_taken")
        assert told["clashes"] == [
            {
                "resource": "Dr Vivek Rao",
                "starts_at": local(14).isoformat(),
                "ends_at": local(14, 30).isoformat(),
                "reference": world.timed.reference,
            }
        ]
        assert told["alternatives"][0]["starts_at"] == local(14, 30).isoformat()
        assert "Asha" not in response.text

    def test_refuses_a_break_and_says_so(self, desk, world, bookings):
        response = desk.post(bookings, timed_body(world, local(13)))

        told = problem(response, 422, "not_offered")
        assert "break" in told["detail"]

    def test_refuses_the_time_of_a_token_slot(self, desk, world, bookings):
        response = desk.post(bookings, timed_body(world, local(10, 30)))

        problem(response, 422, "not_offered")

    def test_a_meeting_of_staff_has_no_patient(self, desk, world, bookings):
        response = desk.post(bookings, timed_body(world, local(15), patient_id=None))

        assert (response.status_code, response.json["patients"]) == (201, [])


class TestOnce:
    def test_the_same_key_books_once_and_says_that_it_tells_again(
        self, desk, world, tokens, time_machine
    ):
        body = token_body(world, local(11))
        first = desk.post(tokens, body, Idempotency_Key="k-1")
        time_machine.move_to(NOW + timedelta(seconds=1), tick=False)

        again = desk.post(tokens, body, Idempotency_Key="k-1")

        assert again.status_code == first.status_code == 201
        assert again.json == first.json
        assert "Idempotency-Replayed" not in first.headers
        assert again.headers["Idempotency-Replayed"] == "true"

    def test_the_same_key_with_another_body_is_refused(self, desk, world, tokens):
        desk.post(tokens, token_body(world, local(11)), Idempotency_Key="k-1")

        response = desk.post(
            tokens, token_body(world, local(11), note="else"), Idempotency_Key="k-1"
        )

        told = problem(response, 422, "idempotency_key_reused")
        assert told["field"] == "Idempotency-Key"

    def test_the_order_of_names_makes_no_other_body(self, desk, world, tokens):
        body = token_body(world, local(11))
        first = desk.post(tokens, body, Idempotency_Key="k-1")

        again = desk.post(tokens, dict(reversed(body.items())), Idempotency_Key="k-1")

        assert again.json == first.json

    def test_another_address_makes_another_body(self, desk, world, bookings):
        one = desk.post(bookings, timed_body(world, local(15)), Idempotency_Key="k-1")
        body = {"starts_at": local(16).isoformat()}

        response = desk.post(
            f"/api/appointments/{one.json['id']}/move", body, Idempotency_Key="k-1"
        )

        problem(response, 422, "idempotency_key_reused")

    def test_a_move_is_done_once(self, desk, world):
        address = f"/api/appointments/{world.timed.id}/move"
        body = {"starts_at": local(16).isoformat()}

        first = desk.post(address, body, Idempotency_Key="k-1")
        again = desk.post(address, body, Idempotency_Key="k-1")

        assert first.json == again.json
        assert again.json["revision"] == 2

    @pytest.mark.parametrize("key", ["", "a b", "x" * 101])
    def test_refuses_a_key_that_is_none(self, desk, world, tokens, key):
        response = desk.post(tokens, token_body(world, local(11)), Idempotency_Key=key)

        assert problem(response, 422, "invalid")["field"] == "Idempotency-Key"


class TestRead:
    def test_gives_one_appointment(self, desk, world):
        response = desk.get(f"/api/appointments/{world.timed.id}")

        assert response.json["reference"] == world.timed.reference
        assert response.headers["ETag"] == '"1"'

    def test_hides_it_from_the_reception_of_another_facility(self, outsider, world):
        response = outsider.get(f"/api/appointments/{world.timed.id}")

        assert problem(response, 404, "not_found")["field"] == "appointment_id"

    def test_who_may_look_at_no_patient_reads_none(self, analyst, world, bookings):
        one = analyst.get(f"/api/appointments/{world.timed.id}")
        some = analyst.get(bookings, **window())

        assert one.status_code == some.status_code == 200
        assert "Asha" not in one.text + some.text

    def test_nor_asks_when_one_comes(self, analyst, world, bookings):
        response = analyst.get(bookings, **window(), patient_id=world.asha.public_id)

        problem(response, 403, "forbidden")

    def test_an_address_that_is_no_id_is_not_found(self, desk):
        problem(desk.get("/api/appointments/12"), 404, "not_found")


def window():
    start = local(0)
    return {
        "from": start.isoformat(),
        "to": (start + timedelta(days=1)).isoformat(),
    }


class TestList:
    def test_gives_a_window_in_order_of_time(self, desk, world, bookings):
        told = desk.get(bookings, **window()).json

        assert [each["reference"] for each in told["appointments"]] == [
            world.token.reference,
            world.timed.reference,
        ]
        assert told["next"] is None

    def test_turns_pages_without_losing_or_repeating_any(self, desk, world, bookings):
        make_more = [desk.post(bookings, timed_body(world, local(h))) for h in (15, 16)]
        references, query = [], window() | {"limit": "1"}

        while True:
            page = desk.get(bookings, **query).json
            references += [each["reference"] for each in page["appointments"]]
            if page["next"] is None:
                break
            query["cursor"] = page["next"]

        assert references == [
            world.token.reference,
            world.timed.reference,
            *(each.json["reference"] for each in make_more),
        ]

    def test_keeps_to_a_resource_and_a_patient(self, desk, world, bookings):
        theatre = str(world.theatre.public_id)
        other = make.patient("Ravi")

        of_theatre = desk.get(bookings, **window(), resource_id=theatre).json
        of_asha = desk.get(bookings, **window(), patient_id=world.asha.public_id).json
        of_ravi = desk.get(bookings, **window(), patient_id=other.public_id).json

        assert of_theatre["appointments"] == of_ravi["appointments"] == []
        assert len(of_asha["appointments"]) == 2

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"from": "2026-03-02T00:00:00"}, "from"),
            ({"to": "2020-01-01T00:00:00Z"}, "to"),
            ({"limit": "0"}, "limit"),
            ({"limit": "201"}, "limit"),
            ({"limit": "9" * 5000}, "limit"),
            ({"cursor": "bm9uc2Vuc2U="}, "cursor"),
            ({"cursor": "é"}, "cursor"),
            ({"cursor": "MjAyNi0wMy0wMiAx"}, "cursor"),
            ({"resource_id": "12"}, "resource_id"),
            ({"colour": "red"}, "colour"),
        ],
    )
    def test_names_what_is_wrong_in_the_query(self, desk, bookings, query, field):
        response = desk.get(bookings, **window() | query)

        assert problem(response, 422, "invalid")["field"] == field

    def test_names_an_unknown_resource_or_patient(self, desk, bookings):
        unknown = "00000000-0000-4000-8000-000000000000"

        for field in ("resource_id", "patient_id"):
            response = desk.get(bookings, **window(), **{field: unknown})

            assert problem(response, 404, "not_found")["field"] == field


def test_every_booking_says_through_which_door_it_came(desk, world, bookings):
    desk.post(bookings, timed_body(world, local(15)))

    channels = db.session.query(Appointment.channel).order_by(Appointment.id).all()

    assert [channel for (channel,) in channels] == ["desk", "desk", "desk", "api"]


def test_who_waits_too_long_is_told_to_try_again(desk, world, bookings, monkeypatch):
    monkeypatch.setattr("app.core.holding.LOCK_TIMEOUT_MS", 50)
    url = db.session.connection().engine.url.set(drivername="postgresql")
    # A room nobody has touched: the test's own transaction holds what it booked.
    room = make.resource(world.kochi)
    wanted = {"resource_id": str(room.public_id)}
    key = f"resource:{room.public_id}"

    with psycopg.connect(url.render_as_string(hide_password=False)) as rival:
        rival.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        body = timed_body(world, local(15)) | {"resources": [wanted]}
        response = desk.post(bookings, body)

    problem(response, 503, "busy")
    assert response.headers["Retry-After"] == "1"


class TestRequestsAndOverrides:
    def test_a_request_waits_although_the_caller_could_book(self, desk, world, tokens):
        body = token_body(world, local(11), request=True)

        told = desk.post(tokens, body).json

        assert (told["status"], told["token"]) == ("requested", None)

    def test_a_timed_booking_may_be_a_request_too(self, desk, world, bookings):
        told = desk.post(bookings, timed_body(world, local(15), request=True)).json

        assert told["status"] == "requested"

    @pytest.mark.parametrize("more", [{"overbook": True}, {"override_reason": "VIP"}])
    def test_who_may_not_overbook_or_override_is_told(self, desk, world, tokens, more):
        refused = desk.post(tokens, token_body(world, local(11), **more))

        problem(refused, 403, "forbidden")

    def test_an_admin_may_book_twice_with_a_reason_and_the_desk_may_not(
        self, app, desk, world, bookings
    ):
        admin = caller(app, world.admin)
        body = timed_body(world, local(15))
        first = desk.post(bookings, body).json
        twice = body | {"double_book_reason": "Twins"}

        problem(desk.post(bookings, body), 409, "slot_taken")
        problem(desk.post(bookings, twice), 403, "forbidden")
        told = admin.post(bookings, twice)

        assert told.status_code == 201, told.text
        assert told.json["starts_at"] == first["starts_at"]
        (entry,) = admin.get(f"/api/facilities/{world.kochi.public_id}/conflicts").json[
            "conflicts"
        ]
        assert (entry["status"], entry["resolution"]) == ("OVERRIDE_APPROVED", "Twins")

    def test_a_hold_takes_neither(self, desk, world):
        body = token_body(world, local(11), holding={"key": "k"}, overbook=True)
        address = f"/api/facilities/{world.kochi.public_id}/token-holds"

        assert problem(desk.post(address, body), 422, "invalid")["field"] == "overbook"
