"""Every act of patients' numbers and browsers, each with somebody who does it."""

from app.patients import device_queries
from app.patients import service as patients
from app.patients.views import NewPatient
from tests import factories as make
from tests.factories import NOW, SYSTEM

PHONE = "+919847012345"
# Thirteen digits and their check.
ABHA = "91-2345-6789-0124"


def a_browser():
    patients.remember(PHONE, "Chrome", by=SYSTEM, now=NOW)
    return device_queries.devices(PHONE, by=SYSTEM, now=NOW)[0].id


IDENTITY_ACTS = {
    patients.identify: lambda c, by: patients.identify(
        c.asha.public_id, ABHA, by=by, now=NOW, scope=make.EVERYWHERE
    ),
    patients.join: lambda c, by: patients.join(
        NewPatient("Diya", phone=PHONE, birth_year=2019),
        by=by,
        now=NOW,
        scope=make.EVERYWHERE,
    ),
    patients.join_by_abha: lambda c, by: patients.join_by_abha(
        NewPatient("Diya", phone=PHONE),
        ABHA,
        (2019,),
        by=by,
        now=NOW,
        scope=make.EVERYWHERE,
    ),
    patients.remember: lambda c, by: patients.remember(PHONE, "Chrome", by=by, now=NOW),
    patients.revoke_device: lambda c, by: patients.revoke_device(
        a_browser(), PHONE, by=by, now=NOW
    ),
}
