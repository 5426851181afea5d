from registry.accounts import system_user
from registry.jobs import enqueue
from tests.worker.conftest import Worker


def test_an_enqueued_job_is_done_by_the_worker(worker: Worker) -> None:
    job = enqueue("test.count", by=system_user(), params={"to": 3, "seconds": 0})
    done = worker.wait_for(job)
    assert (done.state, done.result) == ("done", {"counted": 3})
