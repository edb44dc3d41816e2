"""The tasks of the shop: any worker runs them."""

from puff.actors import node_name
from puff.task_queue import task
from shop.parts import Till


@task(retries=3)
def checkout(order: dict[str, int]) -> dict[str, object]:
    """Brings the money to the till, wherever that is."""
    total = Till.ref().ask("take", order["amount"])
    return {"node": node_name(), "total": total}
