"""An account on a virtual clock, and a stack in it."""

from collections.abc import Iterator

import pytest

from tests.cloudformation_harness.cloudformation import Stack
from tests.cloudformation_harness.templates import MODEL, NEW_MODEL
from tests.cloudformation_harness.world import World


@pytest.fixture
def world() -> Iterator[World]:
    """With two custom models of the customization."""
    with World().installed() as world:
        world.bedrock.models = {MODEL: world.scheduler.now - 2000, NEW_MODEL: world.scheduler.now - 1000}
        yield world


@pytest.fixture
def stack(world: World) -> Stack:
    return Stack(world)
