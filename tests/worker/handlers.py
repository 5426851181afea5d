"""Job kinds for the worker's tests alone; the worker is told to import this module."""

import time

from registry.jobs import Progress, handler
from registry.models import Job


@handler("test.count")
def count(job: Job, progress: Progress) -> dict[str, int]:
    """Count to `params["to"]`, a step each `params["seconds"]`."""
    to = job.params["to"]
    for number in range(1, to + 1):
        time.sleep(job.params["seconds"])
        progress(number, to, "正在数数")
    return {"counted": to}
