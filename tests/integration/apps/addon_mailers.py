"""Actors in Python that the add-on of tests/support/addons asks, and that ask it."""

from puff.actors import actor, ref


@actor
class Mailer:
    def __init__(self, key):
        self.key = key

    def send(self, body):
        return f"{self.key} got {body.decode()}"

    def fail(self, body):
        raise LookupError("no stamps")

    def count(self, body):
        return [ref("counter").ask("add"), ref("counter").ask("add")]

    def provoke(self, body):
        try:
            ref("counter").ask("throw")
        except Exception as error:
            return str(error)
