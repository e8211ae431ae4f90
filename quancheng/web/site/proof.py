"""A telephone number proved on any public form: the two buttons, what was sent, what this browser proved before (R1.15)."""

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse

from quancheng.people import acts as people
from quancheng.web import errors
from quancheng.web.parts import client_address, now
from quancheng.web.site import writing


@dataclass
class Proof:
    """What the form's part about the number shows. `phone` is set once the number is proved, in this request or before."""

    typed: str = ""
    phone: str = ""
    sent: bool = False
    shown_code: str | None = None
    refusal: errors.Refusal = field(default_factory=errors.Refusal)

    @property
    def known(self) -> str:
        """The proved number, masked; '' while the form has to ask for one."""
        return writing.masked(self.phone)

    @property
    def fault(self) -> dict[str, str]:
        """Return field -> what is wrong with it."""
        return {writing.field_of(self.refusal): self.refusal.sentence} if self.refusal else {}

    def remember(self, response: HttpResponse) -> HttpResponse:
        """Let the browser keep the proof for a while; return the response."""
        if self.phone:
            writing.remember_phone(response, self.phone)
        return response


def asked_for_code(request: HttpRequest) -> bool:
    """Tell whether the button pressed was the one that sends a code."""
    return request.method == "POST" and request.POST.get("action") == "code"


def read(request: HttpRequest) -> Proof:
    """Return the form's proof: a code sent where that button was pressed, else the number proved, or the refusal."""
    typed = request.POST.get("phone", "").strip()
    found = Proof(typed=typed, phone=writing.verified_phone(request))
    if request.method != "POST":
        return found
    with errors.caught() as found.refusal:
        if asked_for_code(request):
            found.shown_code = people.send_phone_code(phone=typed, client=client_address(request), at=now())
            found.sent, found.phone = True, ""
        else:
            found.phone = writing.prove_phone(request, typed, request.POST.get("code", ""))
    if found.refusal and typed:
        found.phone = ""
    return found
