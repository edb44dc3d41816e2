import json
from datetime import timedelta
from urllib.request import urlopen

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from polls.models import Choice, Question, Vote


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def question(db):
    made = Question.objects.create(text="Tea?", tags=["drinks", {"hot": True}])
    for text in ("Green", "Black"):
        made.choices.create(text=text)
    return made


def vote(client, question, choice):
    return client.post(reverse("polls:vote", args=[question.pk]), {"choice": choice}, follow=True)


def test_questions_of_the_future_are_not_shown(client, question):
    Question.objects.create(text="Later?", published_at=timezone.now() + timedelta(hours=1))
    page = client.get(reverse("polls:list"))
    assert [each.text for each in page.context["questions"]] == ["Tea?"]


def test_a_vote_is_counted_and_logged(client, question):
    green = question.choices.get(text="Green")
    page = vote(client, question, green.pk)
    assert "Counted: Green" in page.content.decode()
    green.refresh_from_db()
    assert (green.votes, green.log.count()) == (1, 1)


@pytest.mark.parametrize("choice", ["", "x", "0", "999999999"])
def test_a_vote_for_nothing_is_told_so(client, question, choice):
    assert "Choose one of the answers" in vote(client, question, choice).content.decode()
    assert Vote.objects.count() == 0


def test_results_are_json_with_json_in_it(client, question):
    told = client.get(reverse("polls:results", args=[question.pk])).json()
    assert told["tags"] == ["drinks", {"hot": True}]
    assert told["choices"] == [{"text": "Green", "votes": 0}, {"text": "Black", "votes": 0}]


def test_totals_stay_in_the_cache(client, question):
    first = client.get(reverse("polls:totals")).content
    Choice.objects.update(votes=7)
    assert client.get(reverse("polls:totals")).content == first


def test_a_choice_has_a_text_once(question):
    with pytest.raises(IntegrityError), transaction.atomic():
        question.choices.create(text="Green")
    with pytest.raises(IntegrityError), transaction.atomic():
        question.choices.create(text="")
    assert question.choices.count() == 2


@pytest.mark.django_db(transaction=True)
def test_votes_are_streamed_from_a_cursor_of_the_server(client, question):
    green = question.choices.get(text="Green")
    Vote.objects.bulk_create(Vote(choice=green) for _ in range(2500))
    streamed = client.get(reverse("polls:export"))
    lines = b"".join(streamed.streaming_content).splitlines()
    assert len(lines) == 2501
    assert lines[1].endswith(b",Tea?,Green")


@pytest.mark.django_db(transaction=True)
def test_what_fails_in_a_transaction_leaves_nothing(question):
    def add_and_fail():
        question.choices.create(text="White")
        raise LookupError

    with pytest.raises(LookupError), transaction.atomic():
        add_and_fail()
    assert question.choices.count() == 2
    assert not connection.in_atomic_block


def test_a_live_server_answers(live_server, question):
    with urlopen(live_server.url + reverse("polls:results", args=[question.pk])) as answer:
        assert json.load(answer)["question"] == "Tea?"
    with urlopen(live_server.url + "/static/polls/style.css") as answer:
        assert answer.headers["content-type"] == "text/css"


def test_the_admin_adds_a_question(admin_client, db):
    form = {
        "text": "Milk?",
        "published_at_0": "2026-01-01",
        "published_at_1": "10:00",
        "tags": "[]",
        "choices-TOTAL_FORMS": "1",
        "choices-INITIAL_FORMS": "0",
        "choices-0-text": "Yes",
        "choices-0-votes": "0",
    }
    assert admin_client.post(reverse("admin:polls_question_add"), form).status_code == 302
    assert Question.objects.get().choices.get().text == "Yes"
