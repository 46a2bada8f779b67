"""Each record format carries what its method asks for."""

from pathlib import Path

from tests.training_data.conversion.converted_files import changes, chat, convert, records, write


def test_distillation_prompts_may_lack_an_answer(tmp_path: Path) -> None:
    file = write(tmp_path, chat(("system", "s"), ("user", "a")))

    assert records(file, "distillation-prompts") == [
        {
            "schemaVersion": "bedrock-conversation-2024",
            "system": [{"text": "s"}],
            "messages": [{"role": "user", "content": [{"text": "a"}]}],
        }
    ]


def test_reinforcement_prompts_carry_the_reference_answer_and_what_a_grader_needs(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        chat(("system", "s"), ("user", "2+2?"), ("assistant", "4"))
        + '\n{"prompt": "3+3?", "reference_answer": {"value": 6}, "difficulty": "low"}',
    )

    assert records(file, "reinforcement-prompts") == [
        {
            "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "2+2?"}],
            "reference_answer": "4",
        },
        {
            "messages": [{"role": "user", "content": "3+3?"}],
            "reference_answer": {"value": 6},
            "difficulty": "low",
        },
    ]
    assert changes(file, "reinforcement-prompts") == []


def test_a_prompt_without_reference_answer_is_refused_for_reinforcement(tmp_path: Path) -> None:
    (found,) = convert(write(tmp_path, chat(("user", "2+2?"))), "reinforcement-prompts")

    assert "has no reference answer" in str(found)


def test_unlabelled_text_is_the_record_for_continued_pre_training(tmp_path: Path) -> None:
    file = write(tmp_path, '{"input": "One sentence."}\n{"text": "Another."}\n{"prompt": "a", "response": "b"}')

    assert records(file, "unlabelled-text") == [{"input": "One sentence."}, {"input": "Another."}, {"input": "a\n\nb"}]
