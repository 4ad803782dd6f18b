"""What the database promises of places that patients look at."""

PUBLIC = {
    "appointment_types": {
        "ck_appointment_types_buffers": "CHECK (((buffer_before_minutes >= 0)"
        " AND (buffer_after_minutes >= 0)))",
        "ck_appointment_types_category": "CHECK (((category)::text = ANY ((ARRAY["
        "'new'::character varying, 'follow_up'::character varying,"
        " 'procedure'::character varying, 'vaccination'::character varying])"
        "::text[])))",
        "ck_appointment_types_minutes": "CHECK (((minutes >= 5)"
        " AND (minutes <= 1440)))",
        "uq_appointment_types_code": "UNIQUE (code)",
        "ck_appointment_types_follow_up_days": "CHECK (((follow_up_days >= 1)"
        " AND (follow_up_days <= 730)))",
        "ck_appointment_types_reminder_hours": "CHECK (((reminder_hours >= 0)"
        " AND (reminder_hours <= 336)))",
    },
    "facilities": {
        "ck_facilities_colour": "CHECK (((colour)::text ~ '^(#[0-9a-f]{6})?$'::text))",
        "ck_facilities_hfr_id": "CHECK (((hfr_id)::text ~ '^[A-Za-z0-9-]*$'::text))",
        "ck_facilities_logo": "CHECK (((octet_length(logo) >= 1)"
        " AND (octet_length(logo) <= 36864)))",
        "ck_facilities_network_terms": "CHECK (((network_terms)::text = ANY ((ARRAY["
        "'desk'::character varying, 'prepaid'::character varying])::text[])))",
        "ck_facilities_online_holds": "CHECK (((online_holds >= 0)"
        " AND (online_holds <= 1000)))",
        "ck_facilities_region": "CHECK (((region)::text ~ '^([A-Z]{2})?$'::text))",
        "uq_facilities_slug": "UNIQUE (slug)",
    },
    "practitioners": {
        "ck_practitioners_hpr_id": "CHECK (((hpr_id)::text ~ '^[A-Za-z0-9-]*$'::text))",
        "uq_practitioners_user_id": "UNIQUE (user_id)",
    },
}
