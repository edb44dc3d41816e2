import django
from django.db import models
from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils import timezone

# Django 4.2 says `check`.
CONDITION = "condition" if django.VERSION >= (5, 1) else "check"


class QuestionSet(models.QuerySet):
    def published(self):
        return self.filter(published_at__lte=timezone.now())

    def with_totals(self):
        return self.annotate(votes=Sum("choices__votes", default=0), choice_count=Count("choices"))


class Question(models.Model):
    text = models.CharField(max_length=200)
    published_at = models.DateTimeField(default=timezone.now, db_index=True)
    tags = models.JSONField(default=list, blank=True)

    objects = QuestionSet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        return reverse("polls:detail", args=[self.pk])


class Choice(models.Model):
    question = models.ForeignKey(Question, models.CASCADE, related_name="choices")
    text = models.CharField(max_length=200)
    votes = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["question", "text"], name="one_choice_of_a_text"),
            models.CheckConstraint(**{CONDITION: ~Q(text="")}, name="a_choice_has_a_text"),
        ]

    def __str__(self):
        return self.text


class Vote(models.Model):
    """One line of the ballot's log."""

    choice = models.ForeignKey(Choice, models.CASCADE, related_name="log")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self):
        return f"{self.choice} at {self.at:%H:%M:%S}"
