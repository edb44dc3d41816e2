"""The shop's web page: a WSGI application without a framework."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from puff.actors import node_name
from puff.task_queue import global_task_queue
from shop.parts import Cart, Till
from shop.tasks import checkout


def answer(path: str) -> Any:
    match path.strip("/").split("/"):
        case ["cart", customer]:
            return Cart.ref(customer).ask("show")
        case ["cart", customer, "add", item]:
            return Cart.ref(customer).ask("add", item)
        case ["till"]:
            return Till.ref().ask("show")
        case ["checkout", amount]:
            order = global_task_queue.add_task(checkout, {"amount": int(amount)})
            return global_task_queue.wait_for_task_result(order)
        case [""]:
            return {"node": node_name()}
    return None


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    found = answer(environ["PATH_INFO"])
    status = "404 Not Found" if found is None else "200 OK"
    start_response(status, [("Content-Type", "application/json")])
    return [json.dumps(found).encode() + b"\n"]
