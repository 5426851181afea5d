"""Why a program got no figures: a status, a stable code and one Chinese sentence."""

from __future__ import annotations

from django.http import JsonResponse


class Refused(Exception):
    """A request that is not answered; the code stays, the sentence may be worded better."""

    def __init__(self, status: int, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.status, self.code, self.sentence = status, code, sentence

    def answer(self) -> JsonResponse:
        response = json_answer({"code": self.code, "message": self.sentence}, self.status)
        if self.status == 401:
            response.headers["WWW-Authenticate"] = "Bearer"
        if self.status == 429:
            response.headers["Retry-After"] = "600"
        return response


def json_answer(document: dict, status: int = 200) -> JsonResponse:
    """Answer with a document in plain characters, which no cache keeps."""
    response = JsonResponse(document, status=status, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "no-store"
    return response
