"""Notifies people: a message to the stack's topic, and a line in the log for those who have no subscription."""

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

    def send(self, subject: str, text: str) -> None:
        print(json.dumps({"notice": subject, "text": text}), file=sys.stderr)
        # SNS takes one line of ASCII as the subject; a reason that a person typed may be neither.
        line = " ".join(subject.encode("ascii", "replace").decode().split())
        self._sns.publish(TopicArn=self._topic_arn, Subject=line[:SUBJECT_LIMIT], Message=text)
