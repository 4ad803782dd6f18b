"""What the database promises of messages on their way and of who is reached how."""

_CHANNELS = (
    "CHECK (((channel)::text = ANY ((ARRAY['undecided'::character varying,"
    " 'in_app'::character varying, 'email'::character varying,"
    " 'sms'::character varying, 'whatsapp'::character varying])::text[])))"
)

KINDS = (
    "CHECK (((kind)::text = ANY ((ARRAY["
    "'booked'::character varying, 'requested'::character varying,"
    " 'approved'::character varying, 'denied'::character varying,"
    " 'moved'::character varying, 'cancelled'::character varying,"
    " 'expired'::character varying, 'offered'::character varying,"
    " 'displaced'::character varying, 'affected'::character varying,"
    " 'reassigned'::character varying, 'delayed'::character varying,"
    " 'reminder'::character varying, 'proposed'::character varying,"
    " 'near'::character varying, 'feedback'::character varying,"
    " 'code'::character varying, 'withdrawn'::character varying])::text[])))"
)
_PHONE_IDS = (
    "CHECK ((((template_id)::text = ''::text)"
    " OR (((channel)::text = 'sms'::text)"
    " AND ((template_id)::text ~ '^[0-9]{19}$'::text))"
    " OR (((channel)::text = 'whatsapp'::text)"
    " AND ((template_id)::text ~ '^[a-z0-9_]+$'::text))))"
)

SENDING = {
    "message_texts": {
        "ck_message_texts_channel": "CHECK (((channel)::text = ANY ((ARRAY["
        "'email'::character varying, 'sms'::character varying,"
        " 'whatsapp'::character varying])::text[])))",
        "ck_message_texts_kind": KINDS,
        "ck_message_texts_sender": "CHECK (((((channel)::text = 'sms'::text)"
        " AND ((template_id)::text <> ''::text)) = ((sender)::text <> ''::text)))",
        "ck_message_texts_template_id": _PHONE_IDS,
        "ck_message_texts_written": "CHECK (((written)::text <> ''::text))",
        "uq_message_texts_facility_id_kind_language_channel": "UNIQUE (facility_id,"
        " kind, language, channel)",
    },
    "message_rules": {"uq_message_rules_facility_id": "UNIQUE (facility_id)"},
    "contacts": {
        "ck_contacts_agreed": "CHECK (((agreed_at IS NULL)"
        " = ((agreed_by)::text = ''::text)))",
        "ck_contacts_channel": "CHECK (((channel)::text = ANY ((ARRAY["
        "'undecided'::character varying, 'email'::character varying,"
        " 'sms'::character varying, 'whatsapp'::character varying])::text[])))",
        "ck_contacts_email": "CHECK ((((channel)::text <> 'email'::text)"
        " OR ((email)::text <> ''::text)))",
        "ck_contacts_guardian": "CHECK (((((guardian)::text = ''::text)"
        " = ((guardian_is)::text = ''::text)) AND (((guardian)::text = ''::text)"
        " = (guardian_phone IS NULL))))",
        "ck_contacts_guardian_phone_e164": "CHECK (((guardian_phone)::text"
        " ~ '^\\+[1-9][0-9]{6,14}$'::text))",
        "ck_contacts_stopped": "CHECK ((stopped <@"
        " '{email,sms,whatsapp}'::character varying[]))",
        "ck_contacts_stopped_at": "CHECK (((stopped_at IS NULL)"
        " = (stopped = '{}'::character varying[])))",
        "uq_contacts_patient_id": "UNIQUE (patient_id)",
        "uq_contacts_secret": "UNIQUE (secret)",
    },
    "consents": {
        "ck_consents_given_by": "CHECK (((given_by)::text <> ''::text))",
        "ck_consents_how": "CHECK (((how)::text = ANY ((ARRAY["
        "'online'::character varying, 'desk'::character varying])::text[])))",
        "uq_consents_patient_id_given_by_given_as_version": "UNIQUE ("
        "patient_id, given_by, given_as, version)",
    },
    "message_tries": {
        "ck_message_tries_channel": _CHANNELS,
        "ck_message_tries_outcome": "CHECK (((outcome)::text = ANY ((ARRAY["
        "'sent'::character varying, 'failed'::character varying,"
        " 'refused'::character varying, 'unknown'::character varying,"
        " 'unsent'::character varying])::text[])))",
    },
}
