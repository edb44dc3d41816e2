"""The task queue as a user meets it: a web node adds tasks, workers in other processes run them."""

import base64
import json
import signal
import time
import uuid
from pathlib import Path

import pytest

from support.clients import HttpClient, RedisError
from support.puff_process import run_puff
from support.servers import wait_until

APPS = Path(__file__).parent / "apps"


class World:
    """A web node that only adds, and workers."""

    def __init__(self, puff, project, redis, more="", **keys):
        self.redis = redis
        self.project = project
        self._puff = puff
        self.notes_file = project.folder / "notes"
        self.notes_file.touch()
        base = f"python_path = [{json.dumps(str(APPS))}]\n"
        queue = f'[[task_queue]]\nurl = "{redis.unix_url}"\nlease_ms = 1000\n'
        own = "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
        project.write("puff.toml", base + queue + own + more)
        web = base + 'wsgi = "task_console.application"\n' + queue + "run_tasks = false\n"
        project.write("web.toml", web + more)
        self.socket = str(project.folder / "web.sock")
        self.web = puff(
            "serve", "--bind", f"unix:{self.socket}", PUFF_CONFIG="web.toml", **self._env
        )
        self.web.wait_for_address(self.socket)

    @property
    def _env(self):
        return {"TASK_NOTES": str(self.notes_file)}

    def worker(self, *arguments, env=None):
        worker = self._puff(*(arguments or ("worker",)), **self._env, **(env or {}))
        worker.wait_for_line("is running")
        return worker

    def ask(self, expression):
        """What an expression over `q`, the queue, gives on the web node."""
        with HttpClient(self.socket, timeout=30) as client:
            response = client.request("POST", "/", body=expression.encode())
        assert response.status == 200, response.body
        return response.json()

    def do(self, expression):
        answer = self.ask(expression)
        assert "value" in answer, answer
        return answer["value"]

    def add(self, call):
        return self.do(f"q.add_task({call})")

    def result(self, id_, timeout_ms=10_000):
        return self.ask(f"q.wait_for_task_result(id('{id_}'), timeout_ms={timeout_ms})")

    def run(self, call):
        return self.result(self.add(call))

    def notes(self):
        return self.notes_file.read_text().split("\n")[:-1]

    def state(self, id_):
        return self.do(f"q.state(id('{id_}'))")

    def wait_for_state(self, id_, state):
        wait_until(lambda: self.state(id_) == state, f"task is {state}")

    def stats(self):
        return self.do("q.stats()")


@pytest.fixture
def world(puff, project, redis_server):
    return World(puff, project, redis_server)


def test_a_web_request_adds_what_another_process_runs(world):
    worker = world.worker()
    assert world.run("work.add, [1, 2, 3]") == {"value": 6}
    assert world.run("work.pid") == {"value": worker.pid}
    assert worker.pid != world.web.pid
    worker.stop()
    world.web.stop()


@pytest.mark.parametrize("name", ["add", "add_later", "add_on_a_thread"])
def test_functions_of_every_kind_run(world, name):
    world.worker()
    assert world.run(f"work.{name}, [1, 2]") == {"value": 3}
    assert world.run(f"'task_work.{name}', [3, 4]") == {"value": 7}


def test_a_failure_tells_type_text_and_traceback(world):
    world.worker()
    kind, text, trace = world.run("work.fail, 'no luck'")["failed"]
    assert (kind, text) == ("ValueError", "no luck")
    assert "task_work.py" in trace
    assert "raise ValueError(text)" in trace
    assert world.run("work.unprintable")["failed"][0] == "TypeError"
    assert world.run("'task_work.missing'")["failed"][0] == "puff._commands.NotThere"


def test_positional_arguments_of_old_programs(world):
    world.worker()
    assert world.run("'task_work.add', [1], 1, 30000, 300000, False, True") == {"value": 1}
    id_ = world.do("q.schedule_function(work.add, [5], scheduled_time_unix_ms=1, trigger=False)")
    assert world.result(id_) == {"value": 5}
    assert world.do(f"q.task_result(id('{id_}'))") == 5


def test_an_unknown_task_has_no_result(world):
    assert world.result(base64.b16encode(bytes(16)).decode()) == {"value": None}
    assert world.ask("q.task_result(b'short')")["raised"][0] == "ValueError"
    assert world.ask("named('other').add_task(work.add)")["raised"][0] in (
        "LookupError",
        "KeyError",
    )


def test_what_cannot_be_a_task_is_refused_when_it_is_added(world):
    for call, what in {
        "work.add, object()": "parameter",
        "lambda x: x, 1": "dotted path",
        "work.add, 1, timeout_ms=0": "timeout_ms",
        "work.add, 1, keep_results_for_ms=-1": "keep_results_for_ms",
        "work.add, 1, -5": "scheduled_time_unix_ms",
        "work.add, 1, priority=101": "priority",
        "'nodots', 1": "dotted",
    }.items():
        kind, text = world.ask(f"q.add_task({call})")["raised"]
        assert kind in ("ValueError", "TypeError"), text
        assert what in text
    assert world.stats()["stored"] == 0


# W2: timeout_ms=0 stops the queue, keep_results_for_ms=0 loses the result and fails the finish.
def test_w2_no_task_stops_the_queue(world):
    assert world.ask("q.add_task(work.add, [1], timeout_ms=0)")["raised"][0] == "ValueError"
    unkept = world.add("work.add, [1], keep_results_for_ms=0")
    bad = world.add("work.add, [2]")
    world.redis.command("HSET", "{puff:tasks:default}:t", base64.b16decode(bad), "junk")
    world.worker()
    assert world.run("work.add, [3]") == {"value": 3}
    assert world.result(unkept) == {"value": None}
    assert world.result(bad)["failed"][0] == "CorruptTask"
    assert world.state(bad) == "dead"


# W3: a task that outlives its time-out runs again and again, in parallel.
def test_w3_a_long_task_keeps_its_lease_and_one_over_time_is_cancelled(world):
    world.worker()
    id_ = world.add("work.note_and_sleep, ['long', 2500]")
    assert "value" in world.result(id_)
    assert world.notes() == ["begin long 1", "end long 1"]
    kind, text, _ = world.result(world.add("work.too_long"))["failed"]
    assert kind == "TimeoutError"
    assert "attempt 2 of 2" in text
    assert world.notes()[2:] == ["try 1", "try 2"]
    assert world.run("work.too_long_async")["failed"][0] == "TimeoutError"


def test_a_task_that_keeps_the_gil_keeps_its_lease(world):
    world.worker()
    worker = world.worker()
    assert "value" in world.run("work.spin, 2500")
    assert world.stats().get("total lost", 0) == 0
    worker.stop()


# W4: a task that kills its worker is run again for ever.
def test_w4_a_task_that_kills_its_workers_ends_in_the_dead_letters(world):
    id_ = world.add("work.die, None, max_attempts=2")
    for _ in range(2):
        world.worker().wait()
    world.worker()
    assert world.result(id_)["failed"][0] == "WorkerLost"
    assert world.notes() == ["die 1", "die 2"]
    assert world.run("work.add, [1]") == {"value": 1}


# W5: one node wakes, the others sleep up to a second; a future task wakes nobody.
def test_w5_a_task_starts_at_its_time_and_not_a_second_later(world):
    world.worker()
    assert world.run("work.add, [1]") == {"value": 1}
    begin = time.monotonic()
    id_ = world.add(f"work.add, [2], {int(time.time() * 1000) + 300}")
    assert world.result(id_) == {"value": 2}
    assert 0.25 < time.monotonic() - begin < 1.0


# W7: two named queues on one Redis are one queue.
def test_w7_queues_of_two_names_share_nothing(puff, project, redis_server):
    other = f'[[task_queue]]\nname = "other"\nurl = "{redis_server.unix_url}"\nrun_tasks = false\n'
    world = World(puff, project, redis_server, more=other)
    id_ = world.do("named('other').add_task(work.add, [1])")
    world.worker()
    assert world.run("work.add, [2]") == {"value": 2}
    assert world.do(f"named('other').state(id('{id_}'))") == "ready"
    assert world.state(id_) is None


# W8: claims hold connections that adding and ending need.
def test_w8_a_pool_of_one_connection_does_not_hang(puff, project, redis_server):
    world = World(puff, project, redis_server, pool_size=1, max_concurrent_tasks=40)
    world.worker()
    ids = world.do("q.add_tasks(work.sleep, [20] * 80)")
    for id_ in ids:
        assert "value" in world.result(id_)


# W9: a result that cannot be told is dropped and the task runs again.
def test_w9_what_was_computed_survives_a_restart_of_redis(puff, project, tmp_path):
    from support.servers import RedisServer

    with RedisServer(tmp_path / "kept", persist=True) as redis:
        world = World(puff, project, redis)
        world.worker()
        id_ = world.add("work.note_and_sleep, ['w9', 700]")
        wait_until(lambda: world.notes() == ["begin w9 1"], "it runs")
        redis.restart()
        wait_until(lambda: "value" in world.ask("q.stats()"), "the web node is back")
        assert "value" in world.result(id_)
        assert world.notes() == ["begin w9 1", "end w9 1"]
        assert world.run("work.add, [1]") == {"value": 1}


def test_tasks_of_a_killed_worker_run_elsewhere_after_their_lease(world):
    first = world.worker()
    id_ = world.add("work.hang_once, 'x', timeout_ms=90_000")
    wait_until(lambda: world.notes() == ["begin x 1"], "it runs")
    second = world.worker()
    first.kill()
    begin = time.monotonic()
    wait_until(lambda: "begin x 2" in world.notes(), "it runs again")
    assert time.monotonic() - begin < 1.0 + 1.0 + 1.0  # lease, sweep, a busy machine
    assert world.result(id_) == {"value": second.pid}


def test_a_frozen_worker_is_fenced(world):
    first = world.worker()
    id_ = world.add("work.hang_once, 'x', timeout_ms=90_000")
    wait_until(lambda: world.notes() == ["begin x 1"], "it runs")
    second = world.worker()
    first.send_signal(signal.SIGSTOP)
    wait_until(lambda: "begin x 2" in world.notes(), "it runs again")
    first.send_signal(signal.SIGCONT)
    assert world.result(id_) == {"value": second.pid}
    first.stop()


def test_connections_that_are_cut_are_made_again(world):
    world.worker()
    assert world.run("work.add, [1]") == {"value": 1}
    for _ in range(5):
        for kind in ("normal", "pubsub"):
            world.redis.command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
        id_ = None
        while id_ is None:
            id_ = world.ask("q.add_task(work.add, [2])").get("value")
        assert world.result(id_) == {"value": 2}


def test_a_stop_under_load_loses_nothing_and_burns_no_attempt(world):
    ids = world.do("q.add_tasks(work.note_and_sleep, [[n, 20] for n in range(300)])")
    first = world.worker()
    wait_until(lambda: len(world.notes()) > 40, "tasks run")
    first.stop()
    assert world.stats()["running"] == 0
    world.worker()
    for id_ in ids:
        assert "value" in world.result(id_)
    assert sorted(n for n in world.notes() if n.startswith("begin")) == sorted(
        f"begin {n} 1" for n in range(300)
    )


@pytest.mark.parametrize("name", ["sleep", "sleep_async"])
def test_a_stop_waits_for_what_runs(world, name):
    first = world.worker()
    id_ = world.add(f"work.{name}, 600")
    world.wait_for_state(id_, "running")
    first.stop()
    assert world.result(id_) == {"value": first.pid}


def test_retries_are_opted_in(world):
    world.worker()
    assert world.run("work.third_time_lucky") == {"value": 3}
    assert world.run("work.retry_once") == {"value": 2}


def test_a_unique_task_is_there_once(world):
    first = world.add("work.only_one, 7")
    assert world.add("work.only_one, 7") == first
    assert world.add("work.only_one, 8") != first
    world.worker()
    assert world.result(first) == {"value": 7}
    assert world.add("work.only_one, 7") != first


def test_tasks_are_cancelled_where_they_wait_and_where_they_run(world):
    waiting = world.add("work.add, [1]")
    assert world.do(f"q.cancel(id('{waiting}'))") is True
    assert world.result(waiting)["failed"][0] == "Cancelled"
    world.worker()
    for name in ("sleep", "sleep_async"):
        id_ = world.add(f"work.{name}, 60000")
        world.wait_for_state(id_, "running")
        assert world.do(f"q.cancel(id('{id_}'))") is True
        assert world.result(id_)["failed"][0] == "Cancelled"
    assert world.do(f"q.cancel(id('{waiting}'))") is False


def test_progress_and_context(world):
    world.worker()
    id_ = world.add("work.tell_progress")
    wait_until(lambda: world.do(f"q.progress(id('{id_}'))") == {"done": 1}, "progress")
    world.do(f"q.cancel(id('{id_}'))")
    id_ = world.add("work.context")
    name, queue, attempt, most, key = world.result(id_)["value"]
    assert (name, queue, attempt, most) == ("task_work.context", "default", 1, 5)
    assert uuid.UUID(key).bytes == base64.b16decode(id_)


def test_chains_and_groups(world):
    world.worker()
    id_ = world.do("q.chain(work.double, work.double, work.double, param=5)")
    assert world.result(id_) == {"value": 40}
    id_ = world.do("q.group([(work.double, n) for n in range(20)])")
    assert world.result(id_) == {"value": [2 * n for n in range(20)]}
    id_ = world.do("q.group([Step(work.double, n) for n in range(20)], then=work.total)")
    assert world.result(id_) == {"value": 380}
    id_ = world.do("q.chain(work.double, work.fail, work.double, param=5)")
    assert world.result(id_)["failed"][0] == "ValueError"


def test_priorities_and_due_times_decide_the_order(puff, project, redis_server):
    world = World(puff, project, redis_server, max_concurrent_tasks=1)
    for name, more in (("c", ""), ("d", ""), ("b", ", 1"), ("a", ", priority=5")):
        world.add(f"work.note, '{name}'{more}")
    world.worker()
    wait_until(lambda: len(world.notes()) == 4, "all ran")
    assert world.notes() == ["a", "b", "c", "d"]


def test_a_paused_queue_waits(world):
    world.worker()
    world.do("q.pause()")
    id_ = world.add("work.add, [1]")
    assert world.result(id_, timeout_ms=300) == {"value": None}
    world.do("q.resume()")
    assert world.result(id_) == {"value": 1}


def test_an_allow_list_decides_what_runs(puff, project, redis_server):
    world = World(puff, project, redis_server, allow=["@task", "task_work.add*"])
    world.worker()
    assert world.run("work.add, [1]") == {"value": 1}
    assert world.run("work.third_time_lucky") == {"value": 3}
    assert world.run("'os.getpid'")["failed"][0] == "puff._tasks.NotAllowed"


def test_the_command_looks_at_a_queue_and_changes_it(world):
    def tasks(*words, status=0):
        done = run_puff(["tasks", *words], world.project.folder)
        assert done.returncode == status, done.stderr
        return done.stdout

    id_ = world.add("work.add, [1, 2]")
    name = str(uuid.UUID(bytes=base64.b16decode(id_)))
    assert name in tasks("list")
    assert "task_work.add" in tasks("list")
    assert json.loads(tasks("stats", "--json"))["ready"] == 1
    shown = json.loads(tasks("show", name, "--json"))
    assert (shown["state"], shown["param"], shown["attempts"]) == ("ready", "[1,2]", 0)
    tasks("cancel", name)
    tasks("cancel", name, status=1)
    assert "Cancelled" in tasks("show", name)
    later = world.add(f"work.add, [3], {int(time.time() * 1000) + 3_600_000}")
    tasks("retry", str(uuid.UUID(bytes=base64.b16decode(later))))
    assert world.state(later) == "ready"
    assert "purged: 1" in tasks("purge", "ready")
    assert world.stats()["stored"] == 0


def test_dead_letters_are_replayed(world):
    id_ = world.add("work.too_long, None, max_attempts=1")
    worker = world.worker()
    assert world.result(id_)["failed"][0] == "TimeoutError"
    worker.stop()
    assert "replayed: 1" in run_puff(["tasks", "replay"], world.project.folder).stdout
    assert world.state(id_) == "ready"


def test_cron_runs_once_on_many_nodes(puff, project, redis_server):
    project.write(
        "ticking.py",
        """
        from puff.task_queue import task
        from task_work import note

        @task(cron="* * * * * *", cron_param="tick", keep_results_for_ms=0)
        def tick(text):
            from puff.task_queue import current_task
            note(current_task().idempotency_key)
        """,
    )
    world = World(puff, project, redis_server, modules=["ticking"])
    workers = [world.worker(), world.worker()]
    begin = time.monotonic()
    wait_until(lambda: len(world.notes()) >= 3, "three ticks")
    elapsed = time.monotonic() - begin
    assert len(set(world.notes())) == len(world.notes())
    assert len(world.notes()) <= elapsed + 3
    for worker in workers:
        worker.stop()


def test_an_unknown_script_of_redis_is_no_silent_failure(world):
    world.redis.command("SET", "{puff:tasks:default}:a", "no list")
    kind, text = world.ask("q.add_task(work.add, [1])")["raised"]
    assert kind == "RedisError" or "WRONGTYPE" in text
    with pytest.raises(RedisError):
        world.redis.command("LLEN", "{puff:tasks:default}:a")
