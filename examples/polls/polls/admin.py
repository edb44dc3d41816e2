from django.contrib import admin

from polls.models import Choice, Question, Vote


class ChoiceInline(admin.TabularInline):
    model = Choice
    extra = 2


@admin.register(Question)
class QuestionAdmin(admin.ModelAdmin):
    inlines = [ChoiceInline]
    list_display = ["text", "published_at"]
    list_filter = ["published_at"]
    search_fields = ["text"]


@admin.register(Vote)
class VoteAdmin(admin.ModelAdmin):
    list_display = ["choice", "at"]
    list_filter = ["choice__question"]
    date_hierarchy = "at"
