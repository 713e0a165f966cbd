from django.apps import AppConfig


class ReviewConfig(AppConfig):
    name = "recviewer.review"
    label = "review"
