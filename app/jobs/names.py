"""What the queue of jobs is called, and the function that runs each."""

QUEUE = "baari"
RUN = "app.jobs.worker.run"
