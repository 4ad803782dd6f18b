"""Every read of queues, each with somebody who asks."""

from app.accounts.views import EVERYWHERE
from app.queues import queries as queues
from app.queues.views import NewPolicy
from tests import factories as make
from tests.factories import NOW, local
from tests.rooms import acts_queues as acts

DAY = make.span(local(0), 24 * 60)

QUEUE_READS = {
    "queues.accuracy": lambda c, by: queues.accuracy(c.place, DAY, by=by),
    "queues.arrivals": lambda c, by: queues.arrivals(
        acts.walk_in(c).appointment_id, by=by
    ),
    "queues.booked_slip": lambda c, by: queues.booked_slip(acts.booked(c).id, by=by),
    "queues.boards": lambda c, by: queues.boards(c.place, by=by),
    "queues.counters": lambda c, by: queues.counters(c.place, by=by),
    "queues.desk": lambda c, by: queues.desk(acts.queue(c), by=by, now=NOW),
    "queues.due": lambda c, by: queues.due(
        c.place, by=by, now=NOW, reference=acts.walk_in(c).reference
    ),
    "queues.entry": lambda c, by: queues.entry(acts.entry(c), by=by, now=NOW),
    "queues.floor_version": lambda c, by: queues.floor_version(c.place, by=by, now=NOW),
    "queues.levels": lambda _, by: queues.levels(by=by),
    "queues.policy_versions": lambda c, by: queues.policy_versions(c.place, by=by),
    "queues.preview": lambda c, by: queues.preview(
        NewPolicy(c.place.public_id), by=by, now=NOW
    ),
    "queues.queue": lambda c, by: queues.queue(acts.queue(c), by=by, now=NOW),
    "queues.queues": lambda c, by: queues.queues(c.place, by=by, now=NOW),
    "queues.slip": lambda c, by: queues.slip(acts.entry(c), by=by, now=NOW),
    "queues.unprinted": lambda c, by: queues.unprinted(c.place, by=by, now=NOW),
    "queues.visits": lambda c, by: queues.visits(
        c.asha.public_id, by=by, scope=EVERYWHERE
    ),
    "queues.wait_limits": lambda c, by: queues.wait_limits(c.place, by=by),
    "queues.walk_in_places": lambda c, by: queues.walk_in_places(
        c.place.public_id, c.rao.public_id, by=by, now=NOW
    ),
}
