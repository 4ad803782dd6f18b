"""Phones: read as people write them, kept as E.164."""

import phonenumbers

from app.core.errors import InputError

# Where a number without a country code is read when no facility is at hand.
HOME_REGION = "IN"
# A plus and fifteen digits.
LONGEST = 16


def e164(written: str, *, region: str = HOME_REGION) -> str:
    """
    Read a phone as people write it and give its E.164 form.

    `region` is the country whose numbers need no code; of none, all of them do.

    :raises InputError: if it cannot be a phone number
    """
    try:
        number = phonenumbers.parse(written, region or None)
    except phonenumbers.NumberParseException as exc:
        raise InputError(field="phone", reason="phone") from exc
    # Six digits may be dialled within a town; from here they reach nobody.
    told = phonenumbers.is_possible_number_with_reason(number)
    if told != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise InputError(field="phone", reason="phone")
    read = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # Some countries plan for more digits than E.164 has room for.
    if len(read) > LONGEST:
        raise InputError(field="phone", reason="phone")
    return read


def shown(number: str, *, region: str = HOME_REGION) -> str:
    """Write a phone in groups, as people of a region do: their own without a code."""
    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    style = phonenumbers.PhoneNumberFormat
    if phonenumbers.region_code_for_number(read) != region:
        return phonenumbers.format_number(read, style.INTERNATIONAL)
    told = phonenumbers.format_number(read, style.NATIONAL)
    # What mobiles in India are dialled with from far away, and nobody writes.
    return told.removeprefix("0") if region == "IN" else told
