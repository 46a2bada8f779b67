"""The embedding models that the inference API has request bodies for.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-mm.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v3.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v4.html
https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html
"""

from __future__ import annotations

from collections.abc import Mapping

# Inference id -> the lengths of vectors that it can give.
EMBEDDING_MODELS: Mapping[str, tuple[int, ...]] = {
    "amazon.titan-embed-text-v1": (1536,),
    "amazon.titan-embed-g1-text-02": (1536,),
    "amazon.titan-embed-text-v2:0": (256, 512, 1024),
    "amazon.titan-embed-image-v1": (256, 384, 1024),
    "amazon.nova-2-multimodal-embeddings-v1:0": (256, 384, 1024, 3072),
    "cohere.embed-english-v3": (1024,),
    "cohere.embed-multilingual-v3": (1024,),
    "cohere.embed-v4:0": (256, 512, 1024, 1536),
}
