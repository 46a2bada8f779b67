"""S3 Vectors' own API: a stack's index is found by ARN and by names, until it is deleted by hand."""

from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.servers import Clients, code, running

TEMPLATE = """
Resources:
  Bucket: {Type: AWS::S3Vectors::VectorBucket, Properties: {VectorBucketName: vectors}}
  Index:
    Type: AWS::S3Vectors::Index
    Properties:
      {VectorBucketName: vectors, IndexName: passages, DataType: float32, Dimension: 256, DistanceMetric: cosine}
    DependsOn: Bucket
"""


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    with running(tmp_path_factory.mktemp("aws")) as made:
        yield made


def test_an_index_is_found_until_it_is_deleted(clients: Clients) -> None:
    stacks, vectors = clients("cloudformation"), clients("s3vectors")
    stacks.create_stack(StackName="vectors", TemplateBody=TEMPLATE)
    stacks.get_waiter("stack_create_complete").wait(StackName="vectors", WaiterConfig={"Delay": 1})

    found = vectors.get_index(vectorBucketName="vectors", indexName="passages")["index"]

    assert (found["vectorBucketName"], found["indexName"], found["dimension"]) == ("vectors", "passages", 256)
    assert vectors.get_index(indexArn=found["indexArn"])["index"] == found
    vectors.delete_index(indexArn=found["indexArn"])
    with pytest.raises(ClientError) as refused:
        vectors.get_index(indexArn=found["indexArn"])
    assert code(refused) == "NotFoundException"
