"""The warning about an inference API that any web page may call."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig


def cors_warnings(config: DeploymentConfig) -> Iterator[str]:
    if config.inference_api and "*" in config.inference_api.cors_origins:
        yield (
            'inference_api.cors_origins: "*" lets every web page with a key call the API; '
            "name the origins of your own pages"
        )
