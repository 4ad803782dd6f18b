"""What the queues of jobs are called, and the functions that are run from them."""

QUEUE = "baari"
# What waits for other houses, which may be slow: it holds up nothing of ours.
OUTSIDE = "baari-outside"
RUN = "app.jobs.worker.run"
BRING = "app.jobs.bringing.bring"
