"""Records in other formats than conversations: prompt/completion, image/caption, reinforcement prompts. Pure."""

from typing import Any

from training_data.checking.record_check import MAX_CAPTION, RecordCheck
from training_data.shown_values import shown

IMAGE_NAMES = (".png", ".jpg", ".jpeg")
ROLES = ("system", "user", "assistant")


def check_prompt_completion(record: Any, check: RecordCheck) -> None:
    if not check.is_object(record):
        return
    check.keys(record, ("prompt", "completion"))
    for key in ("prompt", "completion"):
        check.text(record.get(key), key)


def check_image_caption(record: Any, check: RecordCheck) -> None:
    """Titan Multimodal Embeddings: a JPEG or PNG in S3 and a caption, which may be empty."""
    if not check.is_object(record):
        return
    check.keys(record, ("image-ref", "caption"))
    image, caption = record.get("image-ref"), record.get("caption")
    check.s3_object(image, "image", "image-ref")
    if isinstance(image, str) and not image.lower().endswith(IMAGE_NAMES):
        check.fault("media-format", f"image-ref must be a JPEG or PNG, got {shown(image, 80)}; convert the image")
    if not isinstance(caption, str):
        check.fault("content", f"caption must be text, got {shown(caption)}; write it")
    elif len(caption) > MAX_CAPTION:
        check.fault("too-long", f"caption may have {MAX_CAPTION:,} characters, got {len(caption):,}; shorten it")
    elif caption:
        check.text(caption, "caption")


def check_openai_chat_prompts(record: Any, check: RecordCheck) -> None:
    """Reinforcement fine-tuning: an OpenAI chat to be answered; other keys go to the grader."""
    if not check.is_object(record):
        return
    messages = record.get("messages")
    if not isinstance(messages, list) or not messages:
        check.fault("turns", f"messages must be a list with a user turn, got {shown(messages)}; add it")
    else:
        for index, message in enumerate(messages):
            _chat_message(message, index, check)
        if not any(isinstance(message, dict) and message.get("role") == "user" for message in messages):
            check.fault("turns", "messages must hold a user turn, got none; add the question")
    _reference(record, check)


def _chat_message(message: Any, index: int, check: RecordCheck) -> None:
    where = f"messages[{index}]"
    if not isinstance(message, dict):
        check.fault("turns", f"{where} must be an object with role and content, got {shown(message)}; correct it")
        return
    check.keys(message, ("role", "content"), where)
    role = message.get("role")
    if role not in ROLES:
        check.fault("roles", f"{where}.role must be one of {ROLES}, got {shown(role)}; correct it")
    elif role == "system" and index:
        check.fault("roles", f"{where}.role is 'system', which may only come first; move it to the beginning")
    check.text(message.get("content"), f"{where}.content")


def _reference(record: dict[str, Any], check: RecordCheck) -> None:
    """N2UG asks for reference_answer in every record; what it and id may hold, only AWS's validators say."""
    answer, identifier = record.get("reference_answer"), record.get("id")
    blank = isinstance(answer, str) and not answer.strip()
    if blank or not answer or not isinstance(answer, str | dict):
        takes = "text or an object that is not empty: the reward function scores by it"
        check.fault("reference-answer", f"reference_answer must be {takes}, got {shown(answer)}; write it")
    if identifier is not None and (not isinstance(identifier, str) or not identifier.strip()):
        check.fault(
            "reference-answer", f"id must be text that is not empty, got {shown(identifier)}; correct or remove it"
        )
