"""Puts documents into a data source and takes them out, and follows each to its final status.

STARTING -> PENDING -> IN_PROGRESS -> INDEXED | FAILED | IGNORED ...; DELETING -> DELETE_IN_PROGRESS -> NOT_FOUND
Rights: bedrock:IngestKnowledgeBaseDocuments, DeleteKnowledgeBaseDocuments, GetKnowledgeBaseDocuments and
ListKnowledgeBaseDocuments on the knowledge base.
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-direct-ingestion.html
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kit.knowledge.deployed import Deployed
from kit.knowledge.described import Source
from kit.knowledge.document_statuses import document_name
from kit.knowledge.put_documents import MOST_DOCUMENTS, PutDocument, batches, identifier
from kit_contract.aws_errors import VALIDATION, code_of, message_of
from kit_contract.errors import InputError

PENDING = ("STARTING", "PENDING", "IN_PROGRESS", "DELETING", "DELETE_IN_PROGRESS")
REFUSED = "REFUSED"  # of this command: it did not send the request, or Bedrock did not take it
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 10.0
# Of 10 requests that an account may have running ("Concurrent IngestKnowledgeBaseDocuments and
# DeleteKnowledgeBaseDocuments requests per account"): others need some, too.
AT_ONCE = 5
BUSY = ("ServiceQuotaExceededException", "ThrottlingException", "ConflictException")
Say = Callable[[float, str], None]


@dataclass(frozen=True)
class Outcome:
    document: str
    status: str
    reason: str


@dataclass(frozen=True)
class Target:
    deployed: Deployed
    knowledge_base: str
    source: Source

    @property
    def ids(self) -> dict[str, str]:
        return {"knowledgeBaseId": self.knowledge_base, "dataSourceId": self.source.id}


def put(target: Target, documents: Sequence[PutDocument], say: Say) -> list[Outcome]:
    """In the order of `documents`. Raises botocore's errors but those of a request that Bedrock finds invalid.

    A file is read when its batch is sent: one that was changed or removed since then refuses the batch.
    """

    def send(names: list[str]) -> Any:
        given: Any = [requests[name]() for name in names]
        return target.deployed.agent.ingest_knowledge_base_documents(**target.ids, documents=given)

    requests = {document.id: document.request for document in documents}
    return _followed(target, [[one.id for one in batch] for batch in batches(documents)], send, say)


def delete(target: Target, names: Sequence[str], say: Say) -> list[Outcome]:
    def send(batch: list[str]) -> Any:
        given: Any = [identifier(target.source.kind, name) for name in batch]
        return target.deployed.agent.delete_knowledge_base_documents(**target.ids, documentIdentifiers=given)

    return _followed(target, list(_tens(names)), send, say)


def details_of(target: Target, names: Sequence[str]) -> Iterator[Outcome]:
    for batch in _tens(names):
        given: Any = [identifier(target.source.kind, name) for name in batch]
        answer: Any = target.deployed.agent.get_knowledge_base_documents(**target.ids, documentIdentifiers=given)
        yield from (outcome(detail) for detail in answer["documentDetails"])


def outcome(detail: Any) -> Outcome:
    return Outcome(document_name(detail), detail["status"], detail.get("statusReason", ""))


def _followed(target: Target, left: list[list[str]], send: Callable[[list[str]], Any], say: Say) -> list[Outcome]:
    """Sends a few batches, looks at the documents of those that run, and sends the next."""
    names = [name for batch in left for name in batch]
    outcomes: dict[str, Outcome] = {}
    running: set[str] = set()
    pause, waits = PAUSE_SECONDS, ""
    while left or running:
        while left and len(running) <= (AT_ONCE - 1) * MOST_DOCUMENTS:
            try:
                answered = send(left[0])
            except Exception as error:
                unread = isinstance(error, InputError | FileNotFoundError)
                if unread or code_of(error) == VALIDATION:
                    reason = str(error) if unread else message_of(error)
                    outcomes |= {name: Outcome(name, REFUSED, reason) for name in left.pop(0)}
                    continue
                if code_of(error) not in BUSY:
                    raise
                waits = ", waiting: others use the account's limit"
                break
            left.pop(0)
            waits, pause = "", PAUSE_SECONDS
            running |= _sort(map(outcome, answered["documentDetails"]), outcomes)
        say(len(outcomes) / len(names), f"{len(outcomes)} of {len(names)} done{waits}")
        if left or running:
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            running = _sort(details_of(target, sorted(running)), outcomes)
    return [outcomes[name] for name in names]


def _sort(found: Iterable[Outcome], outcomes: dict[str, Outcome]) -> set[str]:
    """Adds what is final to `outcomes`; gives the names of the others."""
    pending = set()
    for one in found:
        if one.status in PENDING:
            pending.add(one.document)
        else:
            outcomes[one.document] = one
    return pending


def _tens(names: Sequence[str]) -> Iterator[list[str]]:
    for begin in range(0, len(names), MOST_DOCUMENTS):
        yield list(names[begin : begin + MOST_DOCUMENTS])
