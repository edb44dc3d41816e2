import asyncio
import csv
import time

from django.contrib import messages
from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Sum
from django.http import JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_page
from django.views.decorators.http import require_POST
from django.views.generic import DetailView, ListView

from polls.models import Choice, Question, Vote

LONGEST_WAIT = 20  # seconds that `next_vote` keeps a client


class QuestionList(ListView):
    template_name = "polls/list.html"
    context_object_name = "questions"
    paginate_by = 20

    def get_queryset(self):
        newest_first = Question._meta.ordering  # what aggregates drop
        return Question.objects.published().with_totals().order_by(*newest_first)


class QuestionDetail(DetailView):
    template_name = "polls/detail.html"
    context_object_name = "question"

    def get_queryset(self):
        return Question.objects.published().with_totals().prefetch_related("choices")


@require_POST
def vote(request, pk):
    """Counts and logs a vote in one transaction, or neither."""
    chosen = request.POST.get("choice", "")
    with transaction.atomic():
        choices = Choice.objects.select_for_update().filter(question_id=pk)
        choice = choices.filter(pk=chosen).first() if chosen.isdecimal() else None
        if choice is not None:
            Vote.objects.create(choice=choice)
            Choice.objects.filter(pk=choice.pk).update(votes=F("votes") + 1)
            transaction.on_commit(lambda: tell_vote(pk))
    if choice is None:
        messages.error(request, "Choose one of the answers.")
    else:
        messages.success(request, f"Counted: {choice.text}")
    return redirect("polls:detail", pk)


def results(request, pk):
    question = get_object_or_404(Question.objects.published(), pk=pk)
    choices = list(question.choices.values("text", "votes"))
    return JsonResponse({"question": question.text, "tags": question.tags, "choices": choices})


async def next_vote(request, pk):
    """Answers when somebody votes: the client need not ask again and again."""
    seen = await cache.aget(vote_key(pk), 0)
    began = time.monotonic()
    number = seen
    while number == seen and time.monotonic() - began < LONGEST_WAIT:
        await asyncio.sleep(0.1)
        number = await cache.aget(vote_key(pk), 0)
    total = await Choice.objects.filter(question_id=pk).aaggregate(votes=Sum("votes", default=0))
    return JsonResponse({"changed": number != seen, **total})


def export(request):
    """All votes as CSV. They are fetched from a cursor of the server while the client reads."""
    rows = Vote.objects.values_list("at", "choice__question__text", "choice__text")
    lines = csv.writer(Echo())

    def written():
        yield lines.writerow(["at", "question", "choice"])
        for at, *texts in rows.iterator(chunk_size=1000):
            yield lines.writerow([at.isoformat(), *texts])

    headers = {"Content-Disposition": 'attachment; filename="votes.csv"'}
    return StreamingHttpResponse(written(), content_type="text/csv", headers=headers)


@cache_page(5)
def totals(request):
    questions = Question.objects.published().with_totals().order_by("-votes", "pk")
    context = {"questions": questions, "made_at": timezone.now()}
    return render(request, "polls/totals.html", context)


class Echo:
    """What a csv.writer writes to when its lines are wanted one by one."""

    def write(self, line):
        return line


def vote_key(pk):
    return f"votes-of-{pk}"


def tell_vote(pk):
    if not cache.add(vote_key(pk), 1, timeout=None):
        cache.incr(vote_key(pk))
