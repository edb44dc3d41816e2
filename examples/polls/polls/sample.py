"""What a fresh development server begins with."""

from django.contrib.auth import get_user_model
from django.core.management import call_command

from polls.models import Choice, Question

QUESTIONS = {
    "What should wait for the database?": ["A thread", "A greenlet", "The user"],
    "Where do your sessions live?": ["In the cache", "In the database", "In both"],
}


def prepare():
    call_command("migrate", verbosity=0)
    if not Question.objects.exists():
        fill()
    users = get_user_model().objects
    if not users.exists():
        users.create_superuser("admin", password="admin")


def fill():
    for text, choices in QUESTIONS.items():
        question = Question.objects.create(text=text, tags=["sample"])
        Choice.objects.bulk_create(Choice(question=question, text=each) for each in choices)
