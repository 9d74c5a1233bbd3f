"""Letters of a case: a package's Typst source and the case's data become a PDF among its documents."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, update

from engine.abilities import arguments
from engine.abilities.arguments import refuse
from engine.abilities.base import Answer, Call, Done
from engine.abilities.letter_data import letter_data
from engine.ids import new_id
from engine.letters import render
from engine.store.case import Case
from engine.store.tables import document_file
from engine.store.unit_of_work import UnitOfWork

_FOLDER = "letters/"


class Make:
    """`letter.make`: print a letter of the package; void when the case ends early."""

    sets_aside = False

    def run(self, call: Call) -> Answer:
        """Render and store; raise `InvalidArgument` for an unknown letter, `LetterError` as it is."""
        uow, case = call.uow, call.case
        letter, title = arguments.text(call, "letter", 64), arguments.text(call, "title", 100)
        sources = {
            path.removeprefix(_FOLDER): content
            for path, content in case.definition.package.files.items()
            if path.startswith(_FOLDER)
        }
        entry = f"{letter}.typ"
        if entry not in sources:
            raise refuse(call, "letter", "the name of a file in letters/, without its ending")
        data = letter_data(uow, case, title)
        content = render(sources, entry, data, fonts=uow.engine.fonts)
        ref = uow.engine.files.put(content)
        file_id = new_id()
        uow.execute(
            insert(document_file).values(
                id=file_id,
                instance_id=case.id,
                kind="letter",
                name=f"{title}-{letter}.pdf",
                media_type="application/pdf",
                size=ref.size,
                digest=ref.digest,
                created_by=uow.actor.id,
                created_at=uow.now,
                state="valid",
            )
        )
        code = data["case"]["verification_code"]
        case.record(
            uow,
            "letter.made",
            {"file": file_id, "digest": ref.digest},
            {"letter": letter, "title": title, "verification_code": code},
        )
        call.leave_effect("letter.make", "void", file_id)
        return Done(file_id)

    def undo(self, uow: UnitOfWork, case: Case, done: Row[Any]) -> None:
        """The letter stays among the documents and says that it is void."""
        uow.execute(
            update(document_file).where(document_file.c.id == done.reference).values(state="void")
        )
