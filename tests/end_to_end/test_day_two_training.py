"""What a user changes or breaks after the first deploy: each row is followed by a deploy, then everything is looked at.

The rows go on from each other's end on one embedded AWS. A row says what must have been paid for, which model must
serve which alias, and what is left. Deploys are those of `make up`, without the questions.
"""

import pytest

from kit_contract.run_names import bedrock_name
from tests.end_to_end.day_two import Throughput
from tests.end_to_end.scenarios import training
from tests.end_to_end.scenarios.training import ROWS, Row, Seen, Upgraded

pytestmark = pytest.mark.end_to_end


@pytest.mark.parametrize(
    "row", [pytest.param(row, marks=pytest.mark.step(training, row.name)) for row in ROWS], ids=lambda row: row.name
)
def test_after_a_deploy_the_file_is_what_serves(row: Row, seen: tuple[list[Throughput], Seen]) -> None:
    bought, after = seen

    assert after.refused == {}
    assert after.jobs == row.jobs
    serving = dict(after.serving)
    assert serving.pop("other-bot").startswith("day-two-other-")
    if row.settings.serving == "on-demand":
        assert (serving, after.throughputs) == ({row.settings.alias: after.model}, [])
        assert after.deployments == ["day-two-other", "day-two-support"]
    else:
        name = bedrock_name("day-two", row.settings.customization)
        (throughput,) = after.throughputs
        assert (serving, throughput.name, throughput.model) == ({}, name, after.model)
        assert {item.arn for item in bought} <= {throughput.arn}  # what was bought is still the one
        assert after.deployments == ["day-two-other"]
    # Under another name, the model of three epochs is that of no customization.
    assert len(after.kept) == (0 if row.settings.customization == "support" else 2)


@pytest.mark.step(training, "a deleted model")
def test_a_deleted_model_is_paid_for_again_only_after_a_clear_word(seen: list[Seen]) -> None:
    refused, retrained, again = seen

    assert "kit deploy --retrain support" in refused.refused["support"]
    assert refused.jobs == 0
    assert retrained.jobs == 1
    assert retrained.serving["bot"] == retrained.model
    assert again.jobs == 0


@pytest.mark.step(training, "another deployment")
def test_another_deployment_with_the_same_data_trains_and_serves_its_own_model(
    seen: tuple[dict[str, str], Seen, Seen],
) -> None:
    before, first, twin = seen

    assert twin.jobs == 1
    assert twin.serving["bot"].startswith("twin-support-")
    assert first.serving == before


@pytest.mark.nightly
@pytest.mark.step(training, "another Region")
def test_the_same_deployment_in_another_region_shares_no_name_with_the_first(
    seen: tuple[dict[str, str], dict[str, str]],
) -> None:
    """IAM roles are global."""
    first, both = seen

    assert first
    assert first.items() <= both.items()
    assert len(both) > len(first)


@pytest.mark.step(training, "a renamed customization")
def test_a_renamed_customization_takes_its_model_along_and_serves_all_through(
    seen: tuple[str, set[str], Seen],
) -> None:
    model, served, after = seen

    assert after.jobs == 0
    assert after.serving["bot"] == model
    assert served == {model}
    assert after.deployments == ["day-two-help", "day-two-other", "twin-support"]
    assert len(after.kept) == 2  # the model of three epochs, which `support` left


@pytest.mark.step(training, "a removed customization")
def test_a_removed_customization_leaves_its_models_and_the_deploy_says_what_they_cost(seen: Seen) -> None:
    assert seen.jobs == 0  # its data moved from S3 to a file, and is the same
    assert seen.serving.keys() == {"other-bot"}
    assert seen.deployments == ["day-two-other", "twin-support"]
    head, *commands = seen.kept
    assert head == "Custom models that no customization uses: 2, 3.90 USD a month for storage. Delete them:"
    assert all("aws bedrock delete-custom-model --model-identifier day-two-support-" in line for line in commands)


@pytest.mark.step(training, "two copies")
def test_two_customizations_with_the_same_content_pay_for_one_job(seen: Seen) -> None:
    """They start together; the second promotes the first one's model."""
    assert seen.jobs == 1
    assert seen.serving.keys() == {"bot", "other-bot"}
    assert seen.serving["bot"] == seen.serving["other-bot"]


@pytest.mark.nightly
@pytest.mark.step(training, "an upgrade")
def test_an_upgrade_to_other_names_pays_for_nothing_and_keeps_the_knowledge_base(
    seen: tuple[Upgraded, Upgraded],
) -> None:
    (before, after), (old, new) = seen, (seen[0].seen, seen[1].seen)

    assert [item.name for item in old.throughputs] == ["upgrade-help-desk"]
    assert "upgrade-front-desk" in old.deployments
    assert new.jobs == 0
    assert [(item.arn, item.model) for item in new.throughputs] == [(item.arn, item.model) for item in old.throughputs]
    assert [item.name for item in new.throughputs] == ["upgrade_help-desk"]
    assert new.serving == old.serving
    assert new.serving["front-bot"].startswith("upgrade-front-desk-")  # the model keeps its name
    assert "upgrade_front-desk" in new.deployments
    assert "upgrade-front-desk" not in new.deployments
    assert after.knowledge_base == before.knowledge_base
    assert [name.startswith("upgrade_our-documents-") for name in after.knowledge_bases] == [True]
