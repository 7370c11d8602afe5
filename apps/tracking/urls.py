from django.urls import path

from apps.tracking import views

app_name = "tracking"
urlpatterns = [
    path("", views.experiment_list, name="experiment-list"),
    path("new/", views.experiment_create_view, name="experiment-create"),
    path("compare/", views.compare, name="compare"),
    path("<int:pk>/", views.experiment_detail, name="experiment-detail"),
    path("<int:pk>/rename/", views.experiment_rename_view, name="experiment-rename"),
    path("<int:pk>/delete/", views.experiment_delete_view, name="experiment-delete"),
    path("<int:pk>/restore/", views.experiment_restore_view, name="experiment-restore"),
    path("runs/<str:key>/", views.run_detail, name="run-detail"),
    path("runs/<str:key>/rename/", views.run_rename_view, name="run-rename"),
    path("runs/<str:key>/delete/", views.run_delete_view, name="run-delete"),
    path("runs/<str:key>/restore/", views.run_restore_view, name="run-restore"),
    path("models/<str:key>/", views.logged_model_detail, name="logged-model"),
]
