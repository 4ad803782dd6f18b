"""What the database promises of requests that are answered, and of what users like."""

DESK = {
    "comments": {"uq_comments_actor_once": "UNIQUE (actor, once)"},
    "preferences": {
        "ck_preferences_objects": "CHECK (((jsonb_typeof(keys) = 'object'::text)"
        " AND (jsonb_typeof(columns) = 'object'::text)))",
        "uq_preferences_user_id": "UNIQUE (user_id)",
    },
    "appointments": {
        "ck_appointments_hold": "CHECK ((((status)::text = 'held'::text)"
        " = (hold_expires_at IS NOT NULL)))",
        "ck_appointments_kind": "CHECK (((kind)::text = ANY ((ARRAY["
        "'timed'::character varying, 'token'::character varying,"
        " 'walk_in'::character varying])::text[])))",
        "ck_appointments_link": "CHECK ((num_nonnulls(linked_kind, linked_id)"
        " = ANY (ARRAY[0, 2])))",
        "ck_appointments_offered": "CHECK (((offered_at IS NULL)"
        " OR ((status)::text = 'requested'::text)))",
        "ck_appointments_one_source": "CHECK ((num_nonnulls("
        "availability_id, exception_id) <= 1))",
        "ck_appointments_priority": "CHECK (((priority >= 1) AND (priority <= 5)))",
        "ck_appointments_status": "CHECK (((status)::text = ANY ((ARRAY["
        "'held'::character varying, 'requested'::character varying,"
        " 'scheduled'::character varying, 'checked_in'::character varying,"
        " 'in_progress'::character varying, 'completed'::character varying,"
        " 'cancelled'::character varying, 'no_show'::character varying,"
        " 'denied'::character varying, 'expired'::character varying])::text[])))",
        "ck_appointments_token_slot": "CHECK ((((kind)::text = 'token'::text)"
        " = (token_slot_id IS NOT NULL)))",
        "uq_appointments_reference": "UNIQUE (reference)",
    },
}
