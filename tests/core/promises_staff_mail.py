"""What the database promises of mail to staff."""

STAFF_MAIL: dict[str, dict[str, str]] = {
    "mail_wishes": {
        "ck_mail_wishes_quiet": "CHECK ((((quiet_from IS NULL) = (quiet_till IS NULL))"
        " AND (quiet_from <> quiet_till)))",
        "ck_mail_wishes_subjects": "CHECK ((subjects <@ ARRAY["
        "'bookings'::character varying, 'cancellations'::character varying,"
        " 'changes'::character varying, 'conflicts'::character varying,"
        " 'late'::character varying, 'fills'::character varying]))",
        "uq_mail_wishes_user_id": "UNIQUE (user_id)",
    },
    "mailings": {
        "ck_mailings_due": "CHECK (((due_at IS NOT NULL) = ((status)::text = ANY"
        " ((ARRAY['queued'::character varying, 'sending'::character varying,"
        " 'failed'::character varying])::text[]))))",
        "ck_mailings_status": "CHECK (((status)::text = ANY ((ARRAY["
        "'queued'::character varying, 'sending'::character varying,"
        " 'failed'::character varying, 'sent'::character varying,"
        " 'unknown'::character varying, 'unsent'::character varying,"
        " 'dead'::character varying])::text[])))",
        "ck_mailings_tries": "CHECK ((tries >= 0))",
    },
}
