"""Signed-in clients for the pages of meetings, at a moment that the test chooses."""

from datetime import datetime

from django.test import Client
from django.utils import timezone

from tests.meetings.chamber import AT, Chamber


class Pages:
    """The pages as each person of the chamber sees them; `at` is what their clock says."""

    def __init__(self, chamber: Chamber, monkeypatch) -> None:
        self.at: datetime = AT
        monkeypatch.setattr(timezone, "now", lambda: self.at)
        self.clients = {"public": Client()}
        for name, actor in chamber.actors.items():
            client = Client()
            session = client.session
            session["account"] = actor.id
            session.save()
            client.cookies["sessionid"] = session.session_key
            self.clients[name] = client

    def get(self, who: str, path: str, status: int = 200) -> str:
        """The page at a path."""
        answer = self.clients[who].get(path)
        assert answer.status_code == status, (path, answer.status_code, answer.content.decode()[:2000])
        return answer.content.decode(errors="replace")

    def post(self, who: str, path: str, status: int = 303, **fields) -> str:
        """What the page says after a post."""
        answer = self.clients[who].post(path, fields)
        words = answer.content.decode()
        assert answer.status_code == status, (path, answer.status_code, words[words.find("faults") :][:1500])
        return self.get(who, answer["Location"]) if status == 303 else words
