"""The actors of the shop. Every node of the cluster knows these classes."""

from puff.actors import actor, current_actor, node_name


@actor(state=("items",))
class Cart:
    """One for each customer, somewhere in the cluster; what is in it survives its node."""

    def __init__(self, customer: str) -> None:
        self.customer = customer
        self.items: dict[str, int] = {}

    def add(self, item: str, count: int = 1) -> dict[str, object]:
        self.items[item] = self.items.get(item, 0) + count
        return self.show()

    def show(self) -> dict[str, object]:
        return {"customer": self.customer, "items": self.items, "node": node_name()}


@actor(singleton=True, state=("total",))
class Till:
    """One in the whole cluster: nobody else counts the money."""

    def __init__(self) -> None:
        self.total = 0

    def take(self, amount: int) -> int:
        self.total += amount
        return self.total

    def show(self) -> dict[str, object]:
        here = current_actor()
        return {"total": self.total, "node": node_name(), "token": here.token if here else 0}
