"""What tests of a visit's own page need: its secret, as its patient was told it."""

from app.booking import internal as booking
from app.booking.views import AppointmentView


def secret_of(told: AppointmentView, which: int = 0) -> str:
    """Give the secret of one who takes part in an appointment."""
    number = booking.of_appointment(told.id)[which].participant_id
    return booking.secrets([number])[number]
