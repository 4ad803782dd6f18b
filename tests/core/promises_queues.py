"""What the database promises of queues, word by word."""

QUEUES = {
    "slips": {
        "ck_slips_printed": "CHECK (((prints >= 0)"
        " AND ((prints = 0) = (printed_at IS NULL))))",
        "uq_slips_participant_id": "UNIQUE (participant_id)",
    },
    "board_shows": {
        "ck_board_shows_one_thing": (
            "CHECK ((num_nonnulls(resource_id, counter_id) = 1))"
        ),
        "uq_board_shows_board_id_counter_id": "UNIQUE (board_id, counter_id)",
        "uq_board_shows_board_id_resource_id": "UNIQUE (board_id, resource_id)",
    },
    "boards": {
        "ck_boards_code": "CHECK (((code)::text ~ '^[a-z2-9]{12}$'::text))",
        "ck_boards_languages": (
            "CHECK (((cardinality(languages) >= 1) AND (cardinality(languages) <= 4)))"
        ),
        "ck_boards_privacy": (
            "CHECK (((privacy)::text = ANY ((ARRAY['token'::character varying,"
            " 'initials'::character varying, 'none'::character varying])::text[])))"
        ),
        "uq_boards_code": "UNIQUE (code)",
    },
    "check_ins": {
        "ck_check_ins_how": (
            "CHECK (((how)::text = ANY ((ARRAY['desk'::character varying,"
            " 'list'::character varying, 'qr'::character varying, "
            "'phone'::character varying])::text[])))"
        ),
        "uq_check_ins_id_participant_id": "UNIQUE (id, participant_id)",
    },
    "counters": {
        "uq_counters_facility_id_code": "UNIQUE (facility_id, code)",
    },
    "encounters": {
        "ck_encounters_state": (
            "CHECK (((state)::text = ANY ((ARRAY['arrived'::character "
            "varying, 'started'::character varying, 'ended'::character "
            "varying, 'left'::character varying, 'cancelled'::character "
            "varying])::text[])))"
        ),
        "ck_encounters_times": (
            "CHECK (((((state)::text = 'arrived'::text) AND (started_at "
            "IS NULL) AND (ended_at IS NULL)) OR (((state)::text = "
            "'started'::text) AND (started_at IS NOT NULL) AND (ended_at "
            "IS NULL)) OR (((state)::text = 'ended'::text) AND "
            "(num_nonnulls(started_at, ended_at) = 2)) OR (((state)::text"
            " = 'left'::text) AND (ended_at IS NOT NULL)) OR "
            "((state)::text = 'cancelled'::text)))"
        ),
        "uq_encounters_check_in_id": "UNIQUE (check_in_id)",
    },
    "queue_acts": {
        "ck_queue_acts_act": (
            "CHECK (((act)::text = ANY ((ARRAY['check_in'::character "
            "varying, 'call'::character varying, 'recall'::character "
            "varying, 'skip'::character varying, 'hold'::character "
            "varying, 'bring_back'::character varying, "
            "'transfer'::character varying, 'start'::character varying, "
            "'start_again'::character varying, 'complete'::character "
            "varying, 'tests'::character varying, 'present'::character "
            "varying, 'boost'::character varying, 'prioritise'::character"
            " varying, 'no_show'::character varying, "
            "'call_off'::character varying, 'pause'::character varying, "
            "'late'::character varying, 'close'::character "
            "varying])::text[])))"
        ),
    },
    "queue_changes": {},
    "queue_levels": {
        "ck_queue_levels_minutes": "CHECK (((minutes >= 0) AND (minutes <= 600)))",
        "ck_queue_levels_shipped": (
            "CHECK (((minutes = 0) OR ((code)::text <> ALL ((ARRAY["
            "'routine'::character varying, 'urgent'::character varying,"
            " 'emergency'::character varying])::text[]))))"
        ),
        "ck_queue_levels_stays": (
            "CHECK ((active OR ((code)::text <> ALL ((ARRAY["
            "'routine'::character varying, 'emergency'::character varying])::text[]))))"
        ),
        "uq_queue_levels_code": "UNIQUE (code)",
    },
    "queue_entries": {
        "ck_queue_entries_boost": (
            "CHECK ((num_nonnulls(boost_minutes, boost_by, boost_reason, "
            "boost_expires_at) = ANY (ARRAY[0, 4])))"
        ),
        "ck_queue_entries_in_room": (
            "CHECK ((((state)::text = 'in_room'::text) = (in_room_since IS NOT NULL)))"
        ),
        "ck_queue_entries_present": (
            "CHECK ((((state)::text <> ALL ((ARRAY['called'::character "
            "varying, 'in_room'::character varying])::text[])) OR "
            "(present_at IS NOT NULL)))"
        ),
        "ck_queue_entries_skips": "CHECK ((skips >= 0))",
        "ck_queue_entries_stands": (
            "CHECK ((num_nonnulls(stands_at, stands_rank) = ANY (ARRAY[0, 2])))"
        ),
        "ck_queue_entries_state": (
            "CHECK (((state)::text = ANY ((ARRAY['waiting'::character "
            "varying, 'called'::character varying, 'in_room'::character "
            "varying, 'on_hold'::character varying, 'at_tests'::character"
            " varying, 'done'::character varying, 'no_show'::character "
            "varying, 'off'::character varying])::text[])))"
        ),
        "ck_queue_entries_tier": "CHECK (((tier >= 0) AND (tier <= 9)))",
    },
    "queue_policies": {
        "ck_queue_policies_come_minutes": (
            "CHECK (((come_minutes >= 0) AND (come_minutes <= 1440)))"
        ),
        "ck_queue_policies_no_show_minutes": (
            "CHECK (((no_show_minutes >= 0) AND (no_show_minutes <= 1440)))"
        ),
        "ck_queue_policies_share": "CHECK (((share >= 0) AND (share <= 100)))",
        "ck_queue_policies_skip_places": "CHECK (((skip_places >= 1)"
        " AND (skip_places <= 50)))",
        "ck_queue_policies_version": "CHECK ((version >= 1))",
        "ck_queue_policies_waits": (
            "CHECK ((((long_wait_minutes >= 1) AND (long_wait_minutes <= 600)) AND"
            " ((too_long_wait_minutes >= long_wait_minutes) AND"
            " (too_long_wait_minutes <= 600))))"
        ),
        "ck_queue_policies_walk_ins": (
            "CHECK (((walk_ins)::text = ANY ((ARRAY['slots'::character "
            "varying, 'share'::character varying, 'queue'::character "
            "varying])::text[])))"
        ),
    },
    "queues": {
        "ck_queues_late_minutes": "CHECK (((late_minutes >= 0)"
        " AND (late_minutes <= 600)))",
        "ck_queues_walk_ins": "CHECK ((walk_ins >= 0))",
        "uq_queues_facility_id_resource_id_day": "UNIQUE ("
        "facility_id, resource_id, day)",
    },
}

# Unique indexes with a condition, and the key that ties a visit to its check-in.
INDEXES = {
    "uq_boards_name": (
        "CREATE UNIQUE INDEX uq_boards_name ON public.boards USING btree"
        " (facility_id, name) WHERE active"
    ),
    "uq_check_ins_standing": (
        "CREATE UNIQUE INDEX uq_check_ins_standing ON "
        "public.check_ins USING btree (participant_id) WHERE "
        "(undone_at IS NULL)"
    ),
    "uq_encounters_participant": (
        "CREATE UNIQUE INDEX uq_encounters_participant ON "
        "public.encounters USING btree (participant_id) WHERE "
        "((state)::text <> 'cancelled'::text)"
    ),
    "uq_queue_entries_open": (
        "CREATE UNIQUE INDEX uq_queue_entries_open ON "
        "public.queue_entries USING btree (participant_id) WHERE open"
    ),
    "uq_queue_policies_version": (
        "CREATE UNIQUE INDEX uq_queue_policies_version ON "
        "public.queue_policies USING btree (facility_id, "
        "COALESCE(department_id, (0)::bigint), version)"
    ),
}
OPEN = (
    "((state)::text <> ALL ((ARRAY['done'::character varying, "
    "'no_show'::character varying, 'off'::character varying])::text[]))"
)
VISIT_NEEDS_CHECK_IN = (
    "FOREIGN KEY (check_in_id, participant_id) REFERENCES check_ins(id, participant_id)"
)
