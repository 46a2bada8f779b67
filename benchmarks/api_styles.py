"""The programs that benchmarks/inference_api.py measures: each has `handler(event)` and `stream(event)`."""

BOTO3 = """
import json, os, boto3
client = boto3.client("bedrock-runtime")

def handler(event):
    body = json.loads(event["body"])
    messages = [{"role": m["role"], "content": [{"text": m["content"]}]} for m in body["messages"]]
    answer = client.converse(modelId="amazon.nova-micro-v1:0", messages=messages)
    return json.dumps({"choices": [{"message": {"content": answer["output"]["message"]["content"][0]["text"]}}]})

def stream(event):
    body = json.loads(event["body"])
    messages = [{"role": m["role"], "content": [{"text": m["content"]}]} for m in body["messages"]]
    for _ in client.converse_stream(modelId="amazon.nova-micro-v1:0", messages=messages)["stream"]:
        pass
"""
POWERTOOLS = (
    """
sys.path[:0] = [os.environ["OTHERS"]]
from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
"""
    + BOTO3.replace("def handler(event):", "def answer(event):")
    + """
app, logger = APIGatewayRestResolver(), Logger(service="api", stream=open(os.devnull, "w"))

@app.post("/v1/chat/completions")
def completions():
    return json.loads(answer({"body": app.current_event.body}))

def handler(event):
    logger.info("request")
    return app.resolve(event, None)
"""
)
FASTAPI = (
    """
sys.path[:0] = [os.environ["OTHERS"]]
from fastapi import FastAPI
from mangum import Mangum
from pydantic import BaseModel
"""
    + BOTO3.replace("def handler(event):", "def answer(event):")
    + """
class Chat(BaseModel):
    model: str
    messages: list[dict]

app = FastAPI()

@app.post("/v1/chat/completions")
def completions(chat: Chat):
    return json.loads(answer({"body": chat.model_dump_json()}))

adapter = Mangum(app, lifespan="off")

def handler(event):
    context = {"resourcePath": "/", "requestContext": {"identity": {"sourceIp": "127.0.0.1"}}}
    headers = {"content-type": "application/json", "host": "api"}
    return adapter(event | context | {"headers": headers, "multiValueHeaders": {}, "resource": "/"}, None)
"""
)
SOURCES = """
sys.path[:0] = [os.environ["CODE"]]
sys.stderr = open(os.devnull, "w")
from inference_api.aws import tls
tls.ROOTS_PATH = os.environ["ROOTS"]
"""
OURS = (
    SOURCES
    + """
from inference_api.runtime import Invocation, handler_named
handle = handler_named("inference_api.handler.handler")
sys.modules["inference_api.handler"].ALIASES_PATH = os.environ["ALIASES"]
sys.modules["inference_api.handler"].KNOWLEDGE_BASES_PATH = os.environ["KNOWLEDGE_BASES_FILE"]

def handler(event):
    return b"".join(handle(event, Invocation(event, "r", 0)).body)

def stream(event):
    for _ in handle(event, Invocation(event, "r", 0)).body:
        pass
"""
)
AUTHORIZER = (
    SOURCES
    + """
from inference_api import authorizer as module

class Context:
    aws_request_id = "r"

def handler(event):
    asked = {"headers": {"x-api-key": os.environ["KEY"]}, "methodArn": "arn/stage/POST/v1"}
    return module.handler(asked, Context)

def stream(event):
    pass
"""
)
MEASURE = """
import json, os, resource, sys, time
began = time.perf_counter()

def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

began_cpu = cpu()
{style}
event = {{"httpMethod": "POST", "path": "/v1/chat/completions", "headers": {{}}, "body": sys.stdin.read()}}
handler(event)
cold, cold_cpu = time.perf_counter() - began, cpu() - began_cpu
before = cpu()
for _ in range({warm}):
    handler(event)
warm = (cpu() - before) / {warm}
event["body"] = json.dumps(json.loads(event["body"]) | {{"stream": True}})
before = cpu()
stream(event)
chunk = (cpu() - before) / {chunks}
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([cold * 1e3, cold_cpu * 1e3, warm * 1e6, chunk * 1e6, peak]))
"""
