"""What the database promises of what the bell tells."""

from tests.core.promises_sending import SENDING
from tests.core.promises_staff_mail import STAFF_MAIL

NOTICES = {
    **SENDING,
    **STAFF_MAIL,
    "notices": {
        "ck_notices_about": "CHECK (((about)::text = ANY ((ARRAY["
        "'appointment'::character varying, 'queue'::character varying,"
        " 'hours'::character varying, 'conflicts'::character varying])::text[])))",
        "ck_notices_about_id": "CHECK ((((about)::text = ANY ((ARRAY["
        "'appointment'::character varying, 'queue'::character varying])::text[]))"
        " = (about_id IS NOT NULL)))",
        "ck_notices_kind": "CHECK (((kind)::text = ANY ((ARRAY["
        "'booked'::character varying, 'requested'::character varying,"
        " 'approved'::character varying, 'denied'::character varying,"
        " 'moved'::character varying, 'cancelled'::character varying,"
        " 'expired'::character varying, 'displaced'::character varying,"
        " 'reassigned'::character varying, 'hours'::character varying,"
        " 'conflicts'::character varying, 'late'::character varying,"
        " 'filled'::character varying])::text[])))",
        "ck_notices_mail": "CHECK ((num_nonnulls(mail_at, mailing_id) <= 1))",
        "ck_notices_read_at": "CHECK ((read_at >= created_at))",
        "uq_notices_user_id_dedup_key": "UNIQUE (user_id, dedup_key)",
    },
}
