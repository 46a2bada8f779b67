"""Tells people: one message to the stack's topic, and one line in the log for those without a subscription."""

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient

SUBJECT_LIMIT = 100


class Notices:
    def __init__(self, sns: "SNSClient", topic_arn: str) -> None:
        self._sns = sns
        self._topic_arn = topic_arn

    def tell(self, subject: str, text: str) -> None:
        print(json.dumps({"notice": subject, "text": text}), file=sys.stderr)
        # SNS takes a subject of one line in ASCII; a reason that a person gave may be neither.
        line = " ".join(subject.encode("ascii", "replace").decode().split())
        self._sns.publish(TopicArn=self._topic_arn, Subject=line[:SUBJECT_LIMIT], Message=text)
