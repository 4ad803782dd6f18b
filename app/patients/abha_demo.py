"""Who stands for the registry of ABHA numbers in a demo: it knows three people."""

from datetime import datetime
from uuid import UUID

from app.accounts import service as accounts
from app.accounts.errors import CodeError
from app.accounts.purposes import Purpose
from app.core import keyed
from app.patients import abha
from app.patients.abha import Holder

HOLDERS = (
    Holder("91000000001015", "Anitha Das", 1986, "+919847000101"),
    Holder("91000000002023", "Babu Thomas", 1959, "+919847000102"),
    Holder("91000000003038", "Fathima Rasheed", 2001, "+919847000103"),
)


class DemoRegistry:
    """Sends its codes as all codes are sent, so that the outbox shows them."""

    holders = HOLDERS

    def verified(self, number: str, *, name: str, birth_year: int | None) -> bool:
        holder = _of(number)
        return (
            holder is not None
            and holder.name.lower() == name.lower()
            and holder.birth_year == birth_year
        )

    def ask(self, number: str, *, address: str, now: datetime) -> UUID:
        holder = _of(abha.read(number))
        # A number that nobody has is asked about in the same steps, of nobody's phone.
        decoy = f"+99{int(keyed.digest('abha', number)[:12], 16) % 10**10:010}"
        phone = holder.phone if holder else decoy
        return accounts.send_code(phone, Purpose.IDENTITY, address=address, now=now)

    def answer(self, asked: UUID, code: str, *, now: datetime) -> Holder:
        phone = accounts.prove_phone(asked, code, purpose=Purpose.IDENTITY, now=now)
        holder = next((each for each in HOLDERS if each.phone == phone), None)
        if holder is None:
            raise CodeError(field="code", left=0)
        return holder


def _of(number: str) -> Holder | None:
    return next((each for each in HOLDERS if each.number == number), None)
