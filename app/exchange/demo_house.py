"""What the demo hospital is made of: two facilities, their people, places and hours."""

from datetime import time

from msgspec import Struct, field

from app.availability.kinds import Offered
from app.availability.views import NewSession
from app.directory.kinds import Category, LocationForm, ResourceKind
from app.directory.service import NewFacility, NewType

KOCHI, DUBAI = "kochi", "dubai"
MEDICINE, SURGERY, DENTAL = "General Medicine", "Surgery", "Dental Care"
FAMILY = "Family Medicine"

DAILY = (0, 1, 2, 3, 4, 5, 6)
MON_SAT = DAILY[:6]
MON_THU = DAILY[:4]
FRI_SUN = DAILY[4:]

FACILITIES = (
    NewFacility(
        slug=KOCHI,
        name="Baari General Hospital, Kochi",
        zone="Asia/Kolkata",
        address="Banerji Road, Kochi, Kerala",
        phone="+91 484 000 1200",
    ),
    NewFacility(
        slug=DUBAI,
        name="Baari Clinic, Dubai",
        zone="Asia/Dubai",
        address="Al Karama, Dubai",
        phone="+971 4 000 1200",
    ),
)
DEPARTMENTS = {KOCHI: (MEDICINE, SURGERY, DENTAL), DUBAI: (FAMILY,)}

NEW, FOLLOW_UP, CASUALTY = "new-visit", "follow-up", "casualty"
FILLING, OPERATION, VACCINATION = "dental-treatment", "operation", "vaccination"
TYPES = (
    NewType(NEW, "New visit", Category.NEW, 15),
    NewType(FOLLOW_UP, "Follow-up", Category.FOLLOW_UP, 10),
    NewType(CASUALTY, "Casualty visit", Category.NEW, 15, public=False),
    NewType(FILLING, "Dental treatment", Category.PROCEDURE, 30, requires_chair=True),
    NewType(OPERATION, "Operation", Category.PROCEDURE, 120),
    NewType(VACCINATION, "Vaccination", Category.VACCINATION, 5),
)


class Place(Struct, frozen=True):
    """Where a resource serves, and when; without hours it follows the facility's."""

    facility: str
    department: str | None = None
    room: str = ""
    prefix: str | None = None
    hours: tuple[NewSession, ...] = ()


class Thing(Struct, frozen=True):
    """A resource of the demo: a doctor, a place or a machine."""

    code: str
    kind: ResourceKind
    name: str
    places: tuple[Place, ...]
    speciality: str = ""
    form: LocationForm | None = None
    model: str = ""
    buffer_minutes: int = 0
    capabilities: tuple[str, ...] = field(default_factory=tuple)


def opd(
    start: int, end: int, days: tuple[int, ...], tokens: int = 5, minutes: int = 30
) -> NewSession:
    return NewSession(
        Offered.TOKENS, days, time(start), time(end), minutes, tokens, label="OPD"
    )


def open_time(start: int, end: int, days: tuple[int, ...]) -> NewSession:
    return NewSession(Offered.OPEN, days, time(start), time(end))


def lunch(start: int, days: tuple[int, ...]) -> NewSession:
    return NewSession(Offered.BREAK, days, time(start), time(start + 1), label="Lunch")


# Round the clock: an end that is not after the start is on the next day.
ALWAYS_OPEN = (open_time(0, 0, DAILY),)
ALWAYS_TOKENS = (opd(0, 0, DAILY, tokens=4),)
FACILITY_HOURS = {KOCHI: (open_time(7, 21, DAILY),), DUBAI: (open_time(8, 22, DAILY),)}


def _doctor(code: str, name: str, speciality: str, *places: Place) -> Thing:
    return Thing(code, ResourceKind.PRACTITIONER, name, places, speciality)


ANJALI, FATHIMA, RAJESH, SURESH = (
    "dr-anjali-menon",
    "dr-fathima-beevi",
    "dr-rajesh-pillai",
    "dr-suresh-iyer",
)
DENTISTS = ("dr-lakshmi-varma", "dr-joseph-mathew", "dr-divya-rao")

_A_DAY = (opd(9, 13, MON_SAT), lunch(13, MON_SAT), open_time(14, 17, MON_SAT))
_TWO_CLINICS = (opd(9, 12, DAILY), lunch(13, DAILY), opd(16, 20, DAILY))
_SURGEON = (
    opd(9, 11, MON_SAT),
    open_time(11, 13, MON_SAT),
    lunch(13, MON_SAT),
    open_time(14, 18, MON_SAT),
)
_LONG_DAY = (opd(9, 13, DAILY), lunch(13, DAILY), opd(14, 18, DAILY))
_DENTIST = (open_time(9, 13, MON_SAT), lunch(13, MON_SAT), open_time(14, 18, MON_SAT))
_ORTHODONTIST = (open_time(10, 14, DAILY), lunch(14, DAILY), open_time(15, 19, DAILY))
_LEAVER = (opd(9, 12, DAILY), lunch(12, DAILY), open_time(13, 16, DAILY))
_ANAESTHETIST = (open_time(8, 13, DAILY), open_time(13, 20, DAILY))
_SKIN = (opd(10, 14, MON_SAT), lunch(14, MON_SAT), open_time(15, 19, MON_SAT))

DOCTORS = (
    _doctor(
        ANJALI,
        "Dr Anjali Menon",
        "General medicine",
        Place(KOCHI, MEDICINE, "Room 1", "A", _A_DAY),
    ),
    _doctor(
        "dr-thomas-kurian",
        "Dr Thomas Kurian",
        "Cardiology",
        Place(
            KOCHI,
            MEDICINE,
            "Room 2",
            "B",
            (opd(9, 13, MON_THU), lunch(13, MON_THU), open_time(14, 17, MON_THU)),
        ),
        Place(
            DUBAI,
            FAMILY,
            "Room 3",
            "T",
            (opd(10, 14, FRI_SUN), lunch(14, FRI_SUN), opd(15, 18, FRI_SUN)),
        ),
    ),
    _doctor(
        "dr-meera-krishnan",
        "Dr Meera Krishnan",
        "Paediatrics",
        Place(KOCHI, MEDICINE, "Room 3", "C", _TWO_CLINICS),
    ),
    _doctor(
        "dr-arjun-nair",
        "Dr Arjun Nair",
        "Ear, nose and throat",
        Place(KOCHI, MEDICINE, "Room 4", "D", _LONG_DAY),
    ),
    _doctor(
        RAJESH,
        "Dr Rajesh Pillai",
        "Orthopaedic surgery",
        Place(KOCHI, SURGERY, "Room 5", "G", _SURGEON),
    ),
    _doctor(
        FATHIMA,
        "Dr Fathima Beevi",
        "Obstetrics and gynaecology",
        Place(KOCHI, SURGERY, "Room 6", "H", _LEAVER),
    ),
    _doctor(
        SURESH,
        "Dr Suresh Iyer",
        "Anaesthesia",
        Place(KOCHI, SURGERY, "", None, _ANAESTHETIST),
    ),
    _doctor(
        DENTISTS[0],
        "Dr Lakshmi Varma",
        "Dentistry",
        Place(KOCHI, DENTAL, "Chairs 1 and 2", None, _DENTIST),
    ),
    _doctor(
        DENTISTS[1],
        "Dr Joseph Mathew",
        "Orthodontics",
        Place(KOCHI, DENTAL, "Chairs 3 and 4", None, _ORTHODONTIST),
    ),
    _doctor(
        DENTISTS[2],
        "Dr Divya Rao",
        "Dentistry for children",
        Place(KOCHI, DENTAL, "Chairs 5 and 6", None, _DENTIST),
    ),
    _doctor(
        "dr-aisha-rahman",
        "Dr Aisha Rahman",
        "Family medicine",
        Place(DUBAI, FAMILY, "Room 1", "A", _LONG_DAY),
    ),
    _doctor(
        "dr-omar-siddiqui",
        "Dr Omar Siddiqui",
        "Dermatology",
        Place(DUBAI, FAMILY, "Room 2", "B", _SKIN),
    ),
)

CASUALTY_CLINIC, VACCINATION_SITE = "casualty-clinic", "vaccination-site"
THEATRES = ("theatre-1", "theatre-2")
ULTRASOUND, C_ARM = "ultrasound", "c-arm"
TEAM = "team-a"


def chair(number: int) -> str:
    return f"dental-chair-{number}"


_SITES = (
    Thing(
        CASUALTY_CLINIC,
        ResourceKind.LOCATION,
        "Casualty Clinic",
        (Place(KOCHI, MEDICINE, "Ground floor", "E", ALWAYS_TOKENS),),
        form=LocationForm.SITE,
    ),
    Thing(
        VACCINATION_SITE,
        ResourceKind.LOCATION,
        "Vaccination Site",
        (
            Place(
                KOCHI, None, "Hall 2", "V", (opd(9, 17, DAILY, tokens=3, minutes=15),)
            ),
        ),
        form=LocationForm.SITE,
    ),
)
_THEATRES = tuple(
    Thing(
        code,
        ResourceKind.LOCATION,
        f"Operating Theatre {number}",
        (Place(KOCHI, SURGERY, "Second floor", None, ALWAYS_OPEN),),
        form=LocationForm.THEATRE,
        buffer_minutes=15,
    )
    for number, code in enumerate(THEATRES, 1)
)
_CHAIRS = tuple(
    Thing(
        chair(number),
        ResourceKind.CHAIR,
        f"Dental Chair {number}",
        (Place(KOCHI, DENTAL, "First floor"),),
    )
    for number in range(1, 7)
)
_ROOMS = tuple(
    Thing(
        code,
        ResourceKind.ROOM,
        name,
        (Place(facility, department, "Ground floor"),),
        capabilities=(use,),
    )
    for code, name, facility, department, use in (
        ("consulting-room-1", "Consulting Room 1", KOCHI, MEDICINE, "consulting"),
        ("consulting-room-2", "Consulting Room 2", KOCHI, MEDICINE, "consulting"),
        ("procedure-room", "Procedure Room", KOCHI, SURGERY, "procedures"),
        ("treatment-room", "Treatment Room", DUBAI, FAMILY, "procedures"),
    )
)
_MACHINES = tuple(
    Thing(
        code,
        ResourceKind.EQUIPMENT,
        name,
        (Place(facility, department),),
        model=model,
        capabilities=("imaging",) if code != "ecg" else ("heart",),
    )
    for code, name, model, facility, department in (
        (C_ARM, "C-arm", "Mobile, 9 inch", KOCHI, SURGERY),
        (ULTRASOUND, "Ultrasound", "Colour Doppler", KOCHI, MEDICINE),
        ("dental-x-ray", "Dental X-ray", "Panoramic", KOCHI, DENTAL),
        ("ecg", "ECG", "12 channels", KOCHI, MEDICINE),
        ("x-ray-mobile", "Mobile X-ray", "Digital", DUBAI, FAMILY),
    )
)

THINGS = (*DOCTORS, *_SITES, *_THEATRES, *_CHAIRS, *_ROOMS, *_MACHINES)
