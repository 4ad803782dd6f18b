"""The promises of the database, word by word; Alembic does not see them change."""

import os
import subprocess
import sys

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.pool import NullPool

from app.booking.states import TAKES_PLACE, Status
from app.core.db import db
from tests import factories as make
from tests import servers
from tests.core import promises_displacement
from tests.core.promises_desk import DESK
from tests.core.promises_leave import LEAVE
from tests.core.promises_money import MONEY
from tests.core.promises_notices import NOTICES
from tests.core.promises_public import PUBLIC
from tests.core.promises_queues import QUEUES

PROMISES = {
    **DESK,
    **LEAVE,
    **MONEY,
    **NOTICES,
    **PUBLIC,
    **QUEUES,
    "appointment_series": {
        "ck_appointment_series_weeks": "CHECK (((every_weeks >= 1)"
        " AND (every_weeks <= 52)))",
    },
    "booking_resources": {
        "ck_booking_resources_claimed": "CHECK ((claimed @> during))",
        "ck_booking_resources_how": "CHECK (((how)::text = ANY ((ARRAY["
        "'manual'::character varying, 'auto'::character varying,"
        " 'swap'::character varying])::text[])))",
        "ck_booking_resources_one_owner": "CHECK ((num_nonnulls("
        "appointment_id, token_slot_id) = 1))",
        "ck_booking_resources_override": "CHECK (((NOT overridden)"
        " OR (num_nonnulls(override_by, override_reason) = 2)))",
        "ck_booking_resources_unit": "CHECK ((unit >= 1))",
        "ex_booking_resources_one_place": "EXCLUDE USING gist ("
        "int8range(resource_id, resource_id, '[]'::text) WITH &&,"
        " int4range(unit, unit, '[]'::text) WITH &&, claimed WITH &&)"
        " WHERE ((active AND exclusive AND (NOT overridden)))",
    },
    "delegations": {
        "ck_delegations_departments": "CHECK ((cardinality(department_ids) ="
        " cardinality(resource_ids)))",
        "ck_delegations_something": "CHECK (((cardinality(permissions) > 0)"
        " AND (cardinality(resource_ids) > 0)))",
        "ck_delegations_two_people": "CHECK ((from_user_id <> to_user_id))",
    },
    "offers": {
        "ck_offers_status": "CHECK (((status)::text = ANY ((ARRAY["
        "'open'::character varying, 'accepted'::character varying,"
        " 'declined'::character varying, 'lapsed'::character varying,"
        " 'withdrawn'::character varying])::text[])))",
        "uq_offers_appointment_id": "UNIQUE (appointment_id)",
    },
    "own_roles": {
        "ck_own_roles_not_built_in": "CHECK (((code)::text <> ALL ((ARRAY["
        "'admin'::character varying, 'doctor'::character varying,"
        " 'reception'::character varying, 'nurse'::character varying,"
        " 'location_manager'::character varying, 'analyst'::character varying,"
        " 'location_owner'::character varying,"
        " 'location_user'::character varying])::text[])))",
        "ck_own_roles_something": "CHECK ((cardinality(permissions) > 0))",
        "uq_own_roles_code": "UNIQUE (code)",
    },
    "procedure_needs": {
        "ck_procedure_needs_named_or_any": "CHECK (\nCASE\n"
        "    WHEN (resource_id IS NULL) THEN ((kind IS NOT NULL) OR"
        " ((capability)::text <> ''::text) OR (department_id IS NOT NULL))\n"
        "    ELSE ((kind IS NULL) AND ((capability)::text = ''::text)"
        " AND (department_id IS NULL))\nEND)",
        "ck_procedure_needs_part": "CHECK ((((offset_minutes >= '-1440'::integer)"
        " AND (offset_minutes <= 1440)) AND ((minutes IS NULL)"
        " OR ((minutes >= 1) AND (minutes <= 1440)))))",
        "uq_procedure_needs_procedure_id_position": 'UNIQUE (procedure_id, "position")',
    },
    "procedure_patients": {
        "uq_procedure_patients_procedure_id_patient_id": "UNIQUE (procedure_id,"
        " patient_id)",
    },
    "procedures": {
        "ck_procedures_minutes": "CHECK (((minutes >= 1) AND (minutes <= 1440)))",
        "ck_procedures_priority": "CHECK (((priority >= 1) AND (priority <= 5)))",
        "ck_procedures_revision": "CHECK ((revision >= 1))",
        "ck_procedures_status": "CHECK (((status)::text = ANY ((ARRAY["
        "'planned'::character varying, 'cancelled'::character varying])::text[])))",
    },
    "resource_conflicts": {
        "ck_resource_conflicts_resolved": "CHECK ((num_nonnulls("
        "resolved_at, resolved_by, resolution) ="
        "\nCASE status\n    WHEN 'UNRESOLVED'::text THEN 0\n    ELSE 3\nEND))",
        "ck_resource_conflicts_status": "CHECK (((status)::text = ANY ((ARRAY["
        "'UNRESOLVED'::character varying, 'REASSIGNED'::character varying,"
        " 'OVERRIDE_APPROVED'::character varying,"
        " 'CANCELLED'::character varying])::text[])))",
        "ck_resource_conflicts_type": "CHECK (((type)::text = ANY ((ARRAY["
        "'DOUBLE_BOOKING'::character varying,"
        " 'MAINTENANCE_OVERLAP'::character varying,"
        " 'CAPACITY_EXCEEDED'::character varying])::text[])))",
    },
    "role_assignments": {
        "ck_role_assignments_one_role": "CHECK ((num_nonnulls(role, own_role_id) = 1))",
        "ck_role_assignments_one_scope": "CHECK ((num_nonnulls("
        "facility_id, department_id, resource_id) <= 1))",
        "ck_role_assignments_role": "CHECK (((role)::text = ANY ((ARRAY["
        "'admin'::character varying, 'doctor'::character varying,"
        " 'reception'::character varying, 'nurse'::character varying,"
        " 'location_manager'::character varying, 'analyst'::character varying,"
        " 'location_owner'::character varying,"
        " 'location_user'::character varying])::text[])))",
    },
    "schedules": {
        "ck_schedules_dates": "CHECK ((valid_till >= (valid_from - 1)))",
        "ex_schedules_one_at_a_time": "EXCLUDE USING gist ("
        "int8range(facility_id, facility_id, '[]'::text) WITH &&,"
        " int8range(COALESCE(resource_id, (0)::bigint),"
        " COALESCE(resource_id, (0)::bigint), '[]'::text) WITH &&,"
        " daterange(valid_from, (valid_till + 1)) WITH &&)",
    },
    "team_members": {
        "ck_team_members_no_team_in_a_team": "CHECK (((resource_kind)::text"
        " <> 'team'::text))",
        "ck_team_members_of_a_team": "CHECK (((team_kind)::text = 'team'::text))",
        "ck_team_members_part": "CHECK ((((offset_minutes >= '-1440'::integer)"
        " AND (offset_minutes <= 1440)) AND ((minutes IS NULL)"
        " OR ((minutes >= 1) AND (minutes <= 1440)))))",
        "uq_team_members_team_id_resource_id": "UNIQUE (team_id, resource_id)",
    },
    "token_series": {
        "ck_token_series_last": "CHECK ((last >= 0))",
        "uq_token_series_facility_id_resource_id_day": "UNIQUE ("
        "facility_id, resource_id, day)",
    },
    "token_slots": {
        "ck_token_slots_capacity": "CHECK (((capacity >= 1) AND (allowance >= 0)))",
        "ck_token_slots_closed": "CHECK (((closed_at IS NULL) OR (taken <= kept)))",
        "ck_token_slots_one_source": "CHECK ((num_nonnulls("
        "availability_id, exception_id) = 1))",
        "ck_token_slots_taken": "CHECK (((taken >= 0)"
        " AND (taken <= (capacity + allowance))))",
        "uq_token_slots_resource_id_facility_id_during": "UNIQUE ("
        "resource_id, facility_id, during)",
    },
    "tokens": {
        "ck_tokens_number": "CHECK ((number >= 1))",
        "uq_tokens_series_id_number": "UNIQUE (series_id, number)",
    },
    "waitlist_entries": {
        "ck_waitlist_entries_days": "CHECK ((last_day >= first_day))",
        "ck_waitlist_entries_priority": "CHECK (((priority >= 0) AND (priority <= 9)))",
        "ck_waitlist_entries_status": "CHECK (((status)::text = ANY ((ARRAY["
        "'waiting'::character varying, 'offered'::character varying,"
        " 'booked'::character varying, 'withdrawn'::character varying])::text[])))",
        "ck_waitlist_entries_times": "CHECK ((earliest < latest))",
        "ck_waitlist_entries_weekdays": "CHECK (((cardinality(weekdays) >= 1)"
        " AND (weekdays <@ ARRAY[0, 1, 2, 3, 4, 5, 6])))",
    },
}


PROMISES |= promises_displacement.PROMISES


@pytest.mark.parametrize("table", PROMISES)
def test_the_database_keeps_exactly_its_promises(session, table):
    rows = session.execute(
        text(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = CAST(:table AS regclass) AND contype IN ('c', 'u', 'x')"
            " AND conname NOT LIKE '%public_id'"
        ),
        {"table": table},
    ).all()

    assert dict(tuple(row) for row in rows) == PROMISES[table]


@pytest.mark.parametrize(
    ("name", "columns", "status"),
    [("open", "item_id, remedy", "open"), ("taken", "item_id", "taken")],
)
def test_one_proposal_of_a_kind_is_open_and_one_is_taken(
    session, name, columns, status
):
    told = session.scalar(
        text("SELECT indexdef FROM pg_indexes WHERE indexname = :name"),
        {"name": f"uq_cascade_proposals_{name}"},
    )

    assert told.endswith(
        f"USING btree ({columns}) WHERE ((status)::text = '{status}'::text)"
    )
    assert told.startswith("CREATE UNIQUE INDEX")


def test_a_procedure_has_one_live_appointment(session):
    definition = session.scalar(
        text(
            "SELECT indexdef FROM pg_indexes"
            " WHERE indexname = 'uq_appointments_one_procedure'"
        )
    )

    assert definition == (
        "CREATE UNIQUE INDEX uq_appointments_one_procedure ON public.appointments"
        " USING btree (linked_id) WHERE (((linked_kind)::text = 'procedure'::text)"
        " AND ((phase)::text <> 'off'::text))"
    )


@pytest.mark.parametrize("status", Status)
def test_the_phase_of_an_appointment_follows_its_status(session, status):
    formula = session.scalar(
        text(
            "SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d"
            " JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum"
            " WHERE a.attrelid = 'appointments'::regclass AND a.attname = 'phase'"
            " AND a.attgenerated = 's'"
        )
    )

    phase = session.scalar(
        text(f"SELECT {formula} FROM (SELECT :status AS status) AS row"),
        {"status": status.value},
    )

    own = {Status.HELD: "held", Status.REQUESTED: "asked"}
    assert phase == own.get(status, "stands" if status in TAKES_PLACE else "off")


@pytest.mark.parametrize(
    ("name", "promise"),
    [
        (
            "ck_appointments_link",
            "CHECK ((num_nonnulls(linked_kind, linked_id) = ANY (ARRAY[0, 2])))",
        ),
        (
            "fk_team_members_resource_id_resource_kind",
            "FOREIGN KEY (resource_id, resource_kind) REFERENCES resources(id, kind)",
        ),
        (
            "fk_team_members_team_id_team_kind",
            "FOREIGN KEY (team_id, team_kind) REFERENCES resources(id, kind)",
        ),
        (
            "ck_resources_one_original",
            (
                "CHECK ((\nCASE kind\n    WHEN 'practitioner'::text THEN"
                " (practitioner_id IS NOT NULL)\n    WHEN 'equipment'::text THEN"
                " (equipment_id IS NOT NULL)\n    WHEN 'team'::text THEN true\n"
                "    ELSE (location_id IS NOT NULL)\nEND AND"
                " (num_nonnulls(practitioner_id, location_id, equipment_id) =\n"
                "CASE kind\n    WHEN 'team'::text THEN 0\n    ELSE 1\nEND)))"
            ),
        ),
    ],
)
def test_a_team_is_no_member_and_a_link_is_whole(session, name, promise):
    definition = session.scalar(
        text("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = :n"),
        {"n": name},
    )

    assert definition == promise


def test_promises_are_kept_at_once_and_not_at_the_end(session):
    # ON CONFLICT does not take a deferrable constraint.
    late = session.scalars(
        text("SELECT conname FROM pg_constraint WHERE contype = 'x' AND condeferrable")
    ).all()

    assert late == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_events SET actor = 'nobody'",
        "DELETE FROM audit_events",
        "TRUNCATE audit_events",
    ],
)
def test_the_trail_cannot_be_changed(session, statement):
    make.facility()
    written = "SELECT count(*) FROM audit_events"
    before = session.scalar(text(written))

    with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
        session.execute(text(statement))

    assert session.scalar(text(written)) == before > 0


def test_no_extension_is_needed(session):
    names = session.scalars(text("SELECT extname FROM pg_extension")).all()

    assert names == ["plpgsql"]


class TestMigrations:
    def test_run_up_down_and_up_again(self, database):
        migrate(database, "upgrade", "head")
        first = schema_of(database)
        migrate(database, "downgrade", "base")
        nothing = schema_of(database)
        migrate(database, "upgrade", "head")

        assert first["tables"]
        assert nothing == {"tables": [], "constraints": [], "functions": [], "more": []}
        assert schema_of(database) == first

    def test_make_every_table_and_column_of_the_models(self, session):
        found = inspect(session.connection())

        made = {
            table: {column["name"] for column in found.get_columns(table)}
            for table in found.get_table_names()
            if table != "alembic_version"
        }

        assert made == {
            table.name: {column.name for column in table.columns}
            for table in db.metadata.sorted_tables
        }


@pytest.fixture
def database(worker):
    shared = servers.start_shared()
    return shared.empty_database_url_for(f"baari_migrations_{worker}")


_MIGRATE = """
import os, sys, flask_migrate
from app.core.settings import Settings
from app.doors import migrations
from wsgi import create_app
migrations.know(app := create_app(Settings.from_environ(os.environ)))
with app.app_context(): getattr(flask_migrate, sys.argv[1])(revision=sys.argv[2])
"""


def migrate(url, direction, target):
    """Run migrations in a process of their own: Alembic changes its logging."""
    shared = servers.start_shared()
    environ = {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": shared.redis_url(0),
        "SECRET_KEY": servers.SECRET,
        "BAARI_HOME": str(shared.home.root),
    }
    subprocess.run(
        [sys.executable, "-c", _MIGRATE, direction, target],
        cwd=servers.PROJECT,
        env=environ,
        check=True,
        capture_output=True,
    )


def schema_of(url):
    """Write down all that migrations have made."""
    queries = {
        "tables": "SELECT table_name, column_name, data_type, is_nullable,"
        " column_default FROM information_schema.columns"
        " WHERE table_schema = 'public' AND table_name <> 'alembic_version'",
        "constraints": "SELECT conrelid::regclass::text, pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        " AND conrelid <> 'alembic_version'::regclass",
        "functions": "SELECT proname FROM pg_proc"
        " WHERE pronamespace = 'public'::regnamespace",
        "more": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
        " AND tablename <> 'alembic_version'"
        " UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE NOT tgisinternal"
        " UNION ALL SELECT sequencename::text FROM pg_sequences",
    }
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        return {
            name: sorted(tuple(row) for row in connection.execute(text(query)))
            for name, query in queries.items()
        }
