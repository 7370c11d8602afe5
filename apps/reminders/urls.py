from django.urls import path

from apps.reminders import views

app_name = "reminders"
urlpatterns = [
    path("", views.due_list, name="due-list"),
    path("choose/", views.choose, name="choose"),
    path("calendar/", views.calendar_make_view, name="calendar-make"),
    path("calendar/end/", views.calendar_end_view, name="calendar-end"),
    path("calendar/<str:secret>.ics", views.calendar, name="calendar"),
]
