"""Who books online proves their phone by a code."""

from app.core import clock
from app.public import booking_path, proving


class ByCode:
    """Proof by a code that was sent to the phone, of late and to this browser."""

    def proved(self, phone: str) -> bool:
        return proving.proved(now=clock.now()) == phone

    def address(self, phone: str, after: str) -> str:
        place = booking_path.place_of(booking_path.read().facility)
        return proving.address_of(
            after, region=place.region, title=place.name, typed=phone
        )
