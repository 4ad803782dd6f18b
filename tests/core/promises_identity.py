"""What the database promises of codes by phone."""

IDENTITY = {
    "otp_challenges": {
        "ck_otp_challenges_attempts": "CHECK (((attempts >= 0) AND (attempts <= 5)))",
        "ck_otp_challenges_expires_at": "CHECK ((expires_at > created_at))",
        "ck_otp_challenges_phone_e164": "CHECK (((phone)::text"
        " ~ '^\\+[1-9][0-9]{6,14}$'::text))",
        "ck_otp_challenges_purpose": "CHECK (((purpose)::text = 'identity'::text))",
    },
}
