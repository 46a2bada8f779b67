"""The errors of a fake service: code and message become a real ClientError of botocore."""


class Refusal(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
