"""The courier: puts a message into words and hands it to the mail server or to a webhook."""

from __future__ import annotations

from urllib.parse import urlsplit

from engine.clock import Clock, SystemClock
from engine.engine import Engine
from engine.notifications.kinds import TEST
from engine.notifications.parcels import Hook, Line, NotDelivered, Parcel
from webapp.language import Gettext, gettext_in, ngettext_in
from webapp.notify.addresses import HostRefused, judge
from webapp.notify.formats import Message, check, shape
from webapp.notify.mail import Mailer
from webapp.notify.posting import post
from webapp.notify.sentences import Said, say
from webapp.settings import Settings

#: Where people choose what is sent to them.
SETTINGS_PATH = "/profile/notifications"
#: Lines that one digest tells; the rest is counted.
MOST_LINES = 100


class HouseCourier:
    """Delivers for one installation. Times that the outside world checks are the machine's own."""

    def __init__(self, engine: Engine, settings: Settings, clock: Clock | None = None) -> None:
        self._engine = engine
        self._clock = clock or SystemClock()
        self._hosts = settings.webhook_hosts
        self._address = settings.public_url or f"http://{settings.host}:{settings.port}"
        domain = urlsplit(self._address).hostname or "localhost"
        self._mailer = Mailer.from_url(settings.smtp_url, domain) if settings.smtp_url else None

    def deliver(self, parcel: Parcel) -> None:
        """Return once the other side has taken it; raise `NotDelivered`."""
        if parcel.hook is not None:
            self._call(parcel, parcel.hook)
        else:
            self._mail(parcel)

    def test(self, hook: Hook, id: str) -> None:
        """Say to a webhook that this is a test; raise `NotDelivered`."""
        line = Line(id, "", TEST, self._engine.clock.now())
        self.deliver(Parcel(id, (line,), "zh", hook=hook))

    def _mail(self, parcel: Parcel) -> None:
        if self._mailer is None or parcel.address is None:
            raise NotDelivered("no mail server")
        _ = gettext_in(parcel.language)
        said = [say(self._engine, line, parcel.language, _) for line in parcel.lines[:MOST_LINES]]
        if parcel.digest:
            ngettext = ngettext_in(parcel.language)
            subject = ngettext(
                "Gongban: %(num)s message", "Gongban: %(num)s messages", len(parcel.lines)
            )
        else:
            subject = said[0].text
        self._mailer.send(
            parcel.id,
            parcel.address,
            subject,
            self._letter(said, len(parcel.lines) - len(said), _),
            settings_url=f"{self._address}{SETTINGS_PATH}",
            now=self._clock.now().astimezone(self._engine.zone),
        )

    def _letter(self, said: list[Said], further: int, _: Gettext) -> str:
        parts = []
        for one in said:
            lines = [one.text]
            if one.step:
                lines.append(_("Step: %(step)s", step=one.step))
            if one.path:
                lines.append(f"{self._address}{one.path}")
            parts.append("\n".join(lines))
        if further > 0:
            parts.append(
                _("And %(num)s more; the page of your messages has them all.", num=further)
            )
        parts.append(
            "-- \n" + _("Choose what is sent to you:") + f" {self._address}{SETTINGS_PATH}\n"
        )
        return "\n\n".join(parts)

    def _call(self, parcel: Parcel, hook: Hook) -> None:
        line = parcel.lines[0]
        _ = gettext_in(parcel.language)
        said = say(self._engine, line, parcel.language, _, discreet=True)
        text = said.text
        if parcel.people:
            names = "、".join(parcel.people)
            more = parcel.count - len(parcel.people)
            if more > 0:
                names = _("%(names)s and %(num)s more", names=names, num=more)
            text = f"{names}{_(': ')}{text}"
        definition = line.definition_id and self._engine.catalog.get(line.definition_id)
        message = Message(
            id=parcel.id,
            text=text,
            step=said.step,
            url=f"{self._address}{said.path}" if said.path else "",
            facts={
                "kind": line.kind,
                "at": line.at.isoformat(),
                "process": definition.key if definition else None,
                "number": line.number,
                "instance": line.instance_id,
                "task": line.task_id,
                "step": said.step or None,
                "people": list(parcel.people),
            },
        )
        try:
            target = judge(hook.url, self._hosts)
        except HostRefused:
            raise NotDelivered("host refused", permanent=True) from None
        answer = post(target, shape(hook.format, message, hook.secret, self._clock.now()))
        check(hook.format, answer)
