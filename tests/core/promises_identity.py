"""What the database promises of codes by phone, of numbers and browsers of patients."""

IDENTITY = {
    "otp_challenges": {
        "ck_otp_challenges_attempts": "CHECK (((attempts >= 0) AND (attempts <= 5)))",
        "ck_otp_challenges_expires_at": "CHECK ((expires_at > created_at))",
        "ck_otp_challenges_phone_e164": "CHECK (((phone)::text"
        " ~ '^\\+[1-9][0-9]{6,14}$'::text))",
        "ck_otp_challenges_purpose": "CHECK (((purpose)::text = 'identity'::text))",
    },
    "patient_devices": {
        "ck_patient_devices_expires_at": "CHECK ((expires_at > created_at))",
        "ck_patient_devices_phone_e164": "CHECK (((phone)::text"
        " ~ '^\\+[1-9][0-9]{6,14}$'::text))",
        "ck_patient_devices_revoked_at": "CHECK ((revoked_at >= created_at))",
        "uq_patient_devices_digest": "UNIQUE (digest)",
    },
    "patient_identifiers": {
        "ck_patient_identifiers_abha": "CHECK ((((kind)::text <> 'abha'::text)"
        " OR ((value)::text ~ '^[0-9]{14}$'::text)))",
        "ck_patient_identifiers_kind": "CHECK (((kind)::text = 'abha'::text))",
        "uq_patient_identifiers_kind_value": "UNIQUE (kind, value)",
        "uq_patient_identifiers_patient_id_kind": "UNIQUE (patient_id, kind)",
    },
}
