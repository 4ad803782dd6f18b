"""All rows of the access table; each door has a list of its own."""

from tests.doors.routes_api import API
from tests.doors.routes_boards import BOARDS
from tests.doors.routes_desk import DESK
from tests.doors.routes_hours import HOURS
from tests.doors.routes_house import HOUSE
from tests.doors.routes_identity import IDENTITY
from tests.doors.routes_life import LIFE
from tests.doors.routes_messages import MESSAGES
from tests.doors.routes_money import MONEY
from tests.doors.routes_network import NETWORK
from tests.doors.routes_objects import OBJECTS
from tests.doors.routes_paid import PAID
from tests.doors.routes_people import PEOPLE
from tests.doors.routes_public import PUBLIC
from tests.doors.routes_queues import QUEUES
from tests.doors.routes_reports import REPORTS
from tests.doors.routes_sets import SETS
from tests.doors.routes_setup import SETUP
from tests.doors.routes_slips import SLIPS
from tests.doors.routes_urgent import URGENT
from tests.doors.routes_waitlist import WAITLIST
from tests.doors.routes_web import WEB

ROUTES = (
    *BOARDS,
    *DESK,
    *HOURS,
    *HOUSE,
    *API,
    *IDENTITY,
    *LIFE,
    *OBJECTS,
    *MESSAGES,
    *MONEY,
    *NETWORK,
    *PAID,
    *PEOPLE,
    *PUBLIC,
    *QUEUES,
    *REPORTS,
    *SETS,
    *SETUP,
    *SLIPS,
    *URGENT,
    *WEB,
    *WAITLIST,
)
