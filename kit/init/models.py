"""How the models of the example are called in a Region, by the model catalog."""

from contextlib import suppress

from model_catalog import catalog


def invocation_id(model_id: str, region: str) -> str:
    """The id itself, or the inference profile of the Region. Where neither is listed, the check of the file says so."""
    profiles = [f"{prefix}.{model_id}" for prefix in catalog.find(model_id).profiles]
    for identifier in (model_id, *profiles):
        with suppress(catalog.CatalogError):
            catalog.invocable(identifier, region)
            return identifier
    return model_id


def trainable(base_model: str, region: str) -> bool:
    try:
        catalog.customizable(base_model, region)
    except catalog.CatalogError:
        return False
    return True
