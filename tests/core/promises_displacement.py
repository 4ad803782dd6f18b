"""What the database promises of messages, displacements and the rebooking list."""

from tests.core.promises_identity import IDENTITY
from tests.core.promises_sending import KINDS

PROMISES = {
    "cascade_orders": {
        "ck_cascade_orders_counts": "CHECK (((number >= 0) AND (came >= 0)))",
        "ck_cascade_orders_task": "CHECK (((task)::text = ANY ((ARRAY["
        "'hold'::character varying, 'take'::character varying,"
        " 'list'::character varying, 'give_back'::character varying])::text[])))",
    },
    "displacement_entries": {
        "ck_displacement_entries_moved_to": "CHECK ((((outcome)::text = 'moved'::text)"
        " = (moved_to IS NOT NULL)))",
        "ck_displacement_entries_outcome": "CHECK (((outcome)::text = ANY ((ARRAY["
        "'moved'::character varying, 'listed'::character varying,"
        " 'released'::character varying])::text[])))",
    },
    "displacements": {
        "ck_displacements_kind": "CHECK (((kind)::text = ANY ((ARRAY["
        "'timed'::character varying, 'emergency'::character varying])::text[])))",
        "ck_displacements_reason": "CHECK ((btrim((reason)::text) <> ''::text))",
        "uq_displacements_appointment_id": "UNIQUE (appointment_id)",
    },
    "messages": {
        "ck_messages_channel": "CHECK (((channel)::text = ANY ((ARRAY["
        "'undecided'::character varying, 'in_app'::character varying,"
        " 'email'::character varying, 'sms'::character varying,"
        " 'whatsapp'::character varying])::text[])))",
        "ck_messages_due": "CHECK (((due_at IS NULL) OR (((status)::text = ANY"
        " ((ARRAY['queued'::character varying, 'sending'::character varying,"
        " 'failed'::character varying])::text[])) AND (patient_id IS NOT NULL))))",
        "ck_messages_kind": KINDS,
        "ck_messages_one_recipient": "CHECK ((num_nonnulls("
        "patient_id, user_id, role) = 1))",
        "ck_messages_role": "CHECK (((role)::text = ANY ((ARRAY["
        "'admin'::character varying, 'doctor'::character varying,"
        " 'reception'::character varying, 'nurse'::character varying,"
        " 'location_manager'::character varying,"
        " 'analyst'::character varying])::text[])))",
        "ck_messages_status": "CHECK (((status)::text = ANY ((ARRAY["
        "'queued'::character varying, 'sending'::character varying,"
        " 'failed'::character varying, 'sent'::character varying,"
        " 'unknown'::character varying, 'unsent'::character varying,"
        " 'dead'::character varying])::text[])))",
        "ck_messages_tries": "CHECK ((tries >= 0))",
        "uq_messages_dedup_key": "UNIQUE (dedup_key)",
    },
    "rebookings": {
        "ck_rebookings_booked": "CHECK ((((status)::text = 'booked'::text)"
        " = (booked_id IS NOT NULL)))",
        "ck_rebookings_resolved": "CHECK ((num_nonnulls(resolved_by, resolved_at) ="
        "\nCASE status\n    WHEN 'open'::text THEN 0\n    ELSE 2\nEND))",
        "ck_rebookings_status": "CHECK (((status)::text = ANY ((ARRAY["
        "'open'::character varying, 'booked'::character varying,"
        " 'cancelled'::character varying])::text[])))",
        "uq_rebookings_proposal_id": "UNIQUE (proposal_id)",
    },
}

PROMISES |= IDENTITY
