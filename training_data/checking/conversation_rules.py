"""Records of Bedrock's conversation format: fine-tuning of Nova and Llama 3.3, prompts for distillation. Pure."""

from typing import Any

from kit_contract.counted import counted
from kit_contract.dataset_limits import CONVERSE
from training_data.checking.record_check import MAX_IMAGES, MAX_VIDEOS, RecordCheck
from training_data.conversation import SCHEMA_VERSION
from training_data.media.local import local_fault
from training_data.media.references import place_of
from training_data.shown_values import shown

KEYS = ("schemaVersion", "system", "messages")
KEY_SET, MESSAGE_KEYS = frozenset(KEYS), frozenset({"role", "content"})
TURNS = ("user", "assistant")
EXAMPLE = "[{'text': '...'}]"


def check_converse(record: Any, check: RecordCheck) -> None:
    """Turns alternate, the user begins, the assistant ends."""
    messages = _conversation(record, check, min_turns=2)
    if messages and isinstance(messages[-1], dict) and messages[-1].get("role") != "assistant":
        got = shown(messages[-1].get("role"))
        check.fault("last-turn", f"the last turn must be the assistant's, got {got}; end with an answer")


def check_converse_prompts(record: Any, check: RecordCheck) -> None:
    """The answer may be absent: the teacher writes it. More turns are Nova's only, and VAL refuses them there too."""
    messages = _conversation(record, check, min_turns=1)
    if not messages or len(messages) <= 2:
        return
    if check.rules.base_model.startswith("amazon.nova"):
        advice = "Bedrock's guide takes them for Nova, AWS's distillation validator does not"
        check.fault(
            "turns-doubtful", f"messages has {counted(len(messages), 'turn')}; {advice}; keep one question to be sure"
        )
    else:
        takes = "a question and, if there is one, its answer"
        check.fault("turns", f"messages must be {takes}, got {counted(len(messages), 'turn')}; keep the last question")


def _conversation(record: Any, check: RecordCheck, *, min_turns: int) -> list[Any] | None:
    """Check what both have in common; the messages where they are a list that is long enough."""
    if not check.is_object(record):
        return None
    _schema_version(record, check)
    if not record.keys() <= KEY_SET:
        check.keys(record, KEYS)
    if "system" in record:
        _system(record["system"], check)
    messages = record.get("messages")
    if not isinstance(messages, list) or len(messages) < min_turns:
        got = len(messages) if isinstance(messages, list) else type(messages).__name__
        needs = "a user and an assistant turn" if min_turns == 2 else "a user turn"
        check.fault("turns", f"messages must hold at least {needs}, got {got}; add the missing turn")
        return None
    for index, message in enumerate(messages):
        _message(message, index, check)
    _media_of_record(check)
    return messages


def _schema_version(record: dict[str, Any], check: RecordCheck) -> None:
    version = record.get("schemaVersion")
    if version == SCHEMA_VERSION:
        return
    fix = f'needs "schemaVersion": "{SCHEMA_VERSION}"'
    if not isinstance(version, str) or check.rules.limits.record_format != CONVERSE:
        check.fault("schema-version", f"{fix}, got {shown(version)}; add it")
    else:
        advice = "Nova's guide takes any text, AWS's other validators only this one"
        check.fault("schema-version-value", f"{fix} to be sure, got {shown(version)}: {advice}; change it")


def _system(system: Any, check: RecordCheck) -> None:
    if system == []:  # AWS's own samples have it
        check.fault("empty-system", "system is an empty list, which no guide of AWS describes; leave it out")
        return
    if not isinstance(system, list):
        check.fault("content", f"system must be a list of blocks such as {EXAMPLE}, got {shown(system)}; correct it")
        return
    most = check.rules.max_system_blocks
    if most is not None and len(system) > most:
        check.fault("content", f"system must hold {most} block, got {len(system)}; join them")
    for block in system:
        if isinstance(block, dict) and len(block) == 1 and "text" in block:
            check.text(block["text"], "system.text")
        else:
            check.fault("content", f"system must hold text blocks only, got {_block(block)}; take it out")


def _message(message: Any, index: int, check: RecordCheck) -> None:
    if not isinstance(message, dict):
        got = type(message).__name__
        check.fault("turns", f"messages[{index}] must be an object, got {got}; correct or drop the record")
        return
    expected = TURNS[index % 2]
    role = message.get("role")
    if role != expected:
        fix = "turns alternate, the user begins"
        check.fault("roles", f"messages[{index}].role must be {expected!r}, got {shown(role)}; {fix}")
    if not message.keys() <= MESSAGE_KEYS:
        check.keys(message, ("role", "content"), f"messages[{index}]")
    content = message.get("content")
    if not isinstance(content, list) or not content:
        where = f"messages[{index}].content"
        check.fault("content", f"{where} must be a list of blocks such as {EXAMPLE}, got {shown(content)}; correct it")
        return
    if len(content) > 1 and check.rules.limits.record_format != CONVERSE:
        check.fault("content", f"messages[{index}].content must be one block, got {len(content)}; join them")
    for block in content:
        if isinstance(block, dict) and len(block) == 1 and "text" in block:
            check.text(block["text"], "messages[{index}].content.text", index)
        else:
            _other_block(block, role, index, check)


def _reasoning(block: dict[str, Any], role: Any, index: int, check: RecordCheck) -> None:
    """A thought of the assistant in words; its loss counts as the answer's does (N2SFT)."""
    where = f"messages[{index}].content.reasoningContent"
    if not check.rules.reasoning or role != "assistant":
        takes = "in the assistant's turns only" if check.rules.reasoning else "not for this base model"
        check.fault("content", f"{where} is taken {takes}, got it in a turn of {shown(role)}; take it out")
        return
    content = block["reasoningContent"]
    thought = content.get("reasoningText") if isinstance(content, dict) and len(content) == 1 else None
    if len(block) > 1 or not isinstance(thought, dict) or not {"text"} <= thought.keys() <= {"text", "signature"}:
        form = '{"reasoningContent": {"reasoningText": {"text": "..."}}}'
        check.fault("content", f"{where} must be {form}, got {shown(content)}; correct it")
        return
    check.text(thought["text"], "messages[{index}].content.reasoningContent.reasoningText.text", index)


def _other_block(block: Any, role: Any, index: int, check: RecordCheck) -> None:
    if isinstance(block, dict) and "reasoningContent" in block:
        _reasoning(block, role, index, check)
        return
    where = f"messages[{index}].content"
    kind = next(iter(block), "") if isinstance(block, dict) and len(block) == 1 else ""
    formats = {"image": check.rules.limits.image_formats, "video": check.rules.limits.video_formats}.get(kind, ())
    if not formats:
        takes = "text, image and video blocks" if check.rules.limits.image_formats else "text blocks"
        fault = f"must hold {takes} only for this base model, got {_block(block)}; take it out"
        check.fault("content", f"{where} {fault}")
    elif role != "user":
        check.fault(
            "media-turn", f"{where} has {_block(block)} in a turn of {shown(role)}; only user turns may have it"
        )
    else:
        _medium(block[kind], kind, formats, f"{where}.{kind}", check)


def _medium(medium: Any, kind: str, formats: tuple[str, ...], where: str, check: RecordCheck) -> None:
    if check.folder and isinstance(medium, dict) and _local_medium(medium, kind, where, check):
        return
    source = medium.get("source") if isinstance(medium, dict) else None
    location = source.get("s3Location") if isinstance(source, dict) and len(source) == 1 else None
    if not isinstance(location, dict) or set(medium) != {"format", "source"}:
        form = '{"format": ..., "source": {"s3Location": {"uri": ...}}}'
        check.fault("content", f"{where} must be {form}, got {shown(medium)}; correct it")
        return
    check.keys(location, ("uri", "bucketOwner"), where)
    if medium["format"] not in formats:
        check.fault(
            "media-format", f"{where}.format must be one of {formats}, got {shown(medium['format'])}; convert it"
        )
    check.s3_object(location.get("uri"), kind, f"{where}.source.s3Location.uri")
    if not isinstance(location.get("bucketOwner"), str):
        advice = "AWS's Forge SDK asks for the account that owns the bucket, Bedrock's API does not"
        check.fault("bucket-owner", f"{where} has no bucketOwner; {advice}; add it to be sure")


def _local_medium(medium: dict[str, Any], kind: str, where: str, check: RecordCheck) -> bool:
    """Check an image or a video beside the dataset, which the deploy uploads; False for one in S3."""
    place = place_of(medium.get("source"))
    if not place or place.startswith("s3://") or not medium.keys() <= {"format", "source"}:
        return False
    if check.folder and (fault := local_fault(check.folder / place, kind, check.rules.limits, medium.get("format"))):
        check.fault("media-file", f"{where}.source: {place} {fault}")
    check.media.append((kind, ""))
    return True


def _media_of_record(check: RecordCheck) -> None:
    if not check.media:
        return
    images = sum(1 for kind, _ in check.media if kind == "image")
    videos = len(check.media) - images
    if images > MAX_IMAGES:
        check.fault("media-count", f"may hold {MAX_IMAGES} images, got {images}; use fewer")
    if videos > MAX_VIDEOS:
        check.fault("media-count", f"may hold {MAX_VIDEOS} video, got {videos}; use one")


def _block(block: Any) -> str:
    if isinstance(block, dict):
        keys = [key[:20] for key in list(block)[:5]]
        return f"a block with the keys {keys}" if keys else "an empty block"
    return shown(block)
