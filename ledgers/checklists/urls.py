"""Routes of 核查名单."""

from django.urls import path

from ledgers.checklists.views import desk, questions, rows

urlpatterns = [
    path("", desk.checklists, name="checklists"),
    path("<int:pk>/", desk.checklist, name="checklist"),
    path("<int:pk>/due/", desk.checklist_due, name="checklist_due"),
    path("<int:pk>/end/", desk.checklist_end, name="checklist_end"),
    path("<int:pk>/differences/", desk.checklist_differences, name="checklist_differences"),
    path("questions/", questions.questions, name="checklist_questions"),
    path("rows/<int:pk>/", rows.row, name="checklist_row"),
    path("rows/<int:pk>/answer/", questions.answer_row, name="checklist_answer"),
    path("rows/<int:pk>/undo/", questions.undo_row, name="checklist_undo"),
]
