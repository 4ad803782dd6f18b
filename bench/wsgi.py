"""What gunicorn serves while it is measured: the product, and the floors beside it."""

from typing import TYPE_CHECKING

from werkzeug.middleware.dispatcher import DispatcherMiddleware

import wsgi
from bench import floor

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def create() -> "WSGIApplication":
    """Make the app as the product has it; under /floor answers a Flask of its own."""
    product = wsgi.create()
    url = product.config["SQLALCHEMY_DATABASE_URI"]
    return DispatcherMiddleware(product, {"/floor": floor.create(url)})
