"""Keeps the actor that `actors_by_puff.far` asks."""

from actors_by_puff import Far

from puff.actors import spawn

spawn(Far, name="far")
