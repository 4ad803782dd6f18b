"""What the queue of jobs is called, and the functions that are run from it."""

QUEUE = "baari"
RUN = "app.jobs.worker.run"
BRING = "app.jobs.bringing.bring"
