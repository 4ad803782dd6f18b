"""An app on a free port of loopback, by the server that comes with Flask."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from werkzeug.serving import make_server


@contextmanager
def served(app: Any, port: int = 0) -> Iterator[int]:
    """Serve it until the block ends, and give its port."""
    server = make_server("127.0.0.1", port, _whole(app), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _whole(app: Any) -> Any:
    """
    Read each answer whole before any of it is sent.

    Where a browser goes on to another page meanwhile, this server leaves the file open
    that it was sending, and whichever test runs by then is said to have done that.
    """

    def serve(environ: Any, start_response: Any) -> Iterable[bytes]:
        with ExitStack() as ends:
            body = app(environ, start_response)
            if hasattr(body, "close"):
                ends.callback(body.close)
            return [b"".join(body)]

    return serve
