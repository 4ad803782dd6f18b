"""Who books online proves their phone by a code."""

from app.core import clock
from app.public import booking_path, proving


class ByCode:
    """Proof by a code that was sent to the phone, of late and to this browser."""

    def proved(self, phone: str) -> bool:
        """Say whether it was proved here of late, or this browser is remembered."""
        known = proving.known(now=clock.now())
        return known is not None and known.phone == phone

    def address(self, phone: str, after: str) -> str:
        place = booking_path.place_of(booking_path.read().facility)
        read = booking_path.reading().language
        return proving.address(after, place, phone=phone, read=read)
