"""What the database promises of messages on their way and of who is reached how."""

_CHANNELS = (
    "CHECK (((channel)::text = ANY ((ARRAY['undecided'::character varying,"
    " 'in_app'::character varying, 'email'::character varying,"
    " 'sms'::character varying, 'whatsapp'::character varying])::text[])))"
)

SENDING = {
    "contacts": {
        "ck_contacts_agreed": "CHECK (((agreed_at IS NULL)"
        " = ((agreed_by)::text = ''::text)))",
        "ck_contacts_channel": "CHECK (((channel)::text = ANY ((ARRAY["
        "'undecided'::character varying, 'email'::character varying,"
        " 'sms'::character varying, 'whatsapp'::character varying])::text[])))",
        "ck_contacts_email": "CHECK ((((channel)::text <> 'email'::text)"
        " OR ((email)::text <> ''::text)))",
        "uq_contacts_patient_id": "UNIQUE (patient_id)",
    },
    "message_tries": {
        "ck_message_tries_channel": _CHANNELS,
        "ck_message_tries_outcome": "CHECK (((outcome)::text = ANY ((ARRAY["
        "'sent'::character varying, 'failed'::character varying,"
        " 'refused'::character varying, 'unknown'::character varying,"
        " 'unsent'::character varying])::text[])))",
    },
}
