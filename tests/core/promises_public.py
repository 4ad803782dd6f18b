"""What the database promises of places that patients look at."""

PUBLIC = {
    "facilities": {
        "ck_facilities_colour": "CHECK (((colour)::text ~ '^(#[0-9a-f]{6})?$'::text))",
        "ck_facilities_logo": "CHECK (((octet_length(logo) >= 1)"
        " AND (octet_length(logo) <= 102400)))",
        "ck_facilities_online_holds": "CHECK (((online_holds >= 0)"
        " AND (online_holds <= 1000)))",
        "ck_facilities_region": "CHECK (((region)::text ~ '^([A-Z]{2})?$'::text))",
        "uq_facilities_slug": "UNIQUE (slug)",
    },
}
