"""Sweeps about people: send waiting messages; forget what is no longer needed."""

import subprocess  # noqa: S404  # runs the program that the administrator named in QUANCHENG_SMS_COMMAND
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from quancheng.people import sealing
from quancheng.people.models import Identity, LoginTry, Notice, PhoneCode


def send_notices() -> None:
    """Hand waiting messages to the city's SMS program; without one they stay queued and nothing leaves."""
    if not settings.SMS_COMMAND:
        return
    for notice in Notice.objects.filter(sent_at=None, failure="").order_by("id")[:200]:
        done = subprocess.run(  # noqa: S603  # the number goes as an argument, the words on standard input
            [settings.SMS_COMMAND, sealing.unseal("notice", notice.phone_sealed)], input=notice.text.encode(),
            capture_output=True, timeout=30, check=False,
        )
        if done.returncode == 0:
            Notice.objects.filter(pk=notice.pk).update(sent_at=timezone.now(), phone_sealed=b"", text="")
        else:
            Notice.objects.filter(pk=notice.pk).update(failure=done.stderr.decode(errors="replace")[:200] or "失败")


def forget() -> None:
    """Remove used codes, old login tries and numbers behind which nothing is left (PIPL 19: no longer than needed)."""
    old = timezone.now() - timedelta(days=1)
    PhoneCode.objects.filter(sent_at__lt=old).delete()
    LoginTry.objects.filter(at__lt=old).delete()
    Identity.objects.filter(authorship=None, verified_at__lt=old).delete()
