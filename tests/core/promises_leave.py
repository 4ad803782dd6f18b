"""What the database promises of leave over bookings."""

LEAVE = {
    "cascade_items": {
        "ck_cascade_items_chosen": "CHECK (((chosen IS NULL) OR"
        " (order_id IS NOT NULL)))",
        "ck_cascade_items_fate": "CHECK (((fate)::text = ANY ((ARRAY['waiting'"
        "::character varying, 'stays'::character varying, 'moved'::character varying,"
        " 'returned'::character varying, 'listed'::character varying,"
        " 'withdrawn'::character varying])::text[])))",
        "ck_cascade_items_policy": "CHECK (((policy)::text = ANY ((ARRAY["
        "'around'::character varying, 'move'::character varying,"
        " 'notify'::character varying])::text[])))",
        "uq_cascade_items_cascade_id_appointment_id": "UNIQUE ("
        "cascade_id, appointment_id)",
    },
    "cascade_proposals": {
        "ck_cascade_proposals_remedy": "CHECK (((remedy)::text = ANY ((ARRAY["
        "'later'::character varying, 'instead'::character varying,"
        " 'another_day'::character varying])::text[])))",
        "ck_cascade_proposals_status": "CHECK (((status)::text = ANY ((ARRAY["
        "'open'::character varying, 'taken'::character varying,"
        " 'released'::character varying])::text[])))",
        "uq_cascade_proposals_hold_id": "UNIQUE (hold_id)",
    },
    "cascades": {
        "ck_cascades_cause": "CHECK (((cause)::text = ANY ((ARRAY["
        "'leave'::character varying, 'maintenance'::character varying])::text[])))",
        "ck_cascades_sources": "CHECK ((cardinality(sources) >= 1))",
        "ck_cascades_undone": "CHECK ((num_nonnulls(undone_at, undone_by) <> 1))",
    },
}
