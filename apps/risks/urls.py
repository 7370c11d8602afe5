from django.urls import path

from apps.risks import views

app_name = "risks"
urlpatterns = [
    path("", views.risk_list, name="risk-list"),
    path("new/", views.risk_create_view, name="risk-create"),
    path("<int:pk>/", views.risk_detail, name="risk-detail"),
    path("<int:pk>/change/", views.risk_change_view, name="risk-change"),
    path("<int:pk>/rate/", views.risk_rate_view, name="risk-rate"),
    path("<int:pk>/accept/", views.risk_accept_view, name="risk-accept"),
    path("<int:pk>/close/", views.risk_close_view, name="risk-close"),
    path("<int:pk>/reopen/", views.risk_reopen_view, name="risk-reopen"),
    path("<int:pk>/controls/<int:control>/mark/", views.control_mark_view, name="control-mark"),
    path("<int:pk>/controls/<int:control>/remove/", views.control_remove_view, name="control-remove"),
]
