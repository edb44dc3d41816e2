from django.urls import path

from polls import views

app_name = "polls"
urlpatterns = [
    path("", views.QuestionList.as_view(), name="list"),
    path("<int:pk>/", views.QuestionDetail.as_view(), name="detail"),
    path("<int:pk>/vote/", views.vote, name="vote"),
    path("<int:pk>/results.json", views.results, name="results"),
    path("<int:pk>/next_vote/", views.next_vote, name="next_vote"),
    path("votes.csv", views.export, name="export"),
    path("totals/", views.totals, name="totals"),
]
