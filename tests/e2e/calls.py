# SPDX-License-Identifier: Apache-2.0
"""The script of ordinary calls: what an agent does all day, over every protocol that AWS has. `run_calls` gives the
named result of each; later calls use what earlier ones returned."""

import base64
import io
import json
import zipfile

from rig import ACCOUNT, REGION

BUCKET, TABLE, QUEUE, TOPIC = "e2e-shop", "orders", "jobs", "news"
LAMBDA_ROLE = f"arn:aws:iam::{ACCOUNT}:role/lambda"
AWKWARD_KEY = "dir one/naïve ☃ a+b=c&d 100%~'(x)!*.txt"

# Everything that the script needs and nothing else. What returns credentials or passes a role is named letter for letter.
ACTIONS = """s3:PutObject s3:GetObject s3:ListBucket s3:DeleteObject s3:PutObjectTagging s3:GetObjectTagging
 s3:ListMultipartUploadParts s3:AbortMultipartUpload s3:ListAllMyBuckets s3:GetBucketLocation
 dynamodb:DescribeTable dynamodb:PutItem dynamodb:GetItem dynamodb:Query dynamodb:UpdateItem dynamodb:BatchWriteItem
 dynamodb:Scan dynamodb:DeleteItem sqs:GetQueueUrl sqs:SendMessage sqs:ReceiveMessage sqs:DeleteMessage
 sqs:GetQueueAttributes sns:Publish sns:ListTopics ec2:DescribeVpcs ec2:DescribeInstances ec2:RunInstances
 ec2:CreateTags ec2:TerminateInstances iam:ListUsers iam:GetRole iam:PassRole lambda:ListFunctions lambda:GetFunction
 lambda:CreateFunction cloudwatch:PutMetricData cloudwatch:ListMetrics logs:CreateLogGroup logs:CreateLogStream
 logs:PutLogEvents logs:GetLogEvents kms:CreateKey kms:Encrypt kms:Decrypt ssm:PutParameter ssm:GetParameter
 secretsmanager:CreateSecret secretsmanager:GetSecretValue""".split()

# The members that Strait covers, by call; every other byte must be the same.
MASKED = {
    "kms Decrypt": {"Plaintext"},
    "ssm GetParameter": {"Value"},
    "ssm GetParameter SecureString": {"Value"},
    "secretsmanager GetSecretValue": {"SecretString"},
}
# Answered by Strait itself, so different by design.
OWN_ANSWER = {"sts GetCallerIdentity"}


def text_bytes(text):
    return {"$bytes": base64.b64encode(text.encode()).decode()}


def zip_of(name, text):
    """The same bytes every time."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), text)
    return {"$bytes": base64.b64encode(held.getvalue()).decode()}


class Script:
    """Calls one client and keeps each result under its name."""

    def __init__(self, client):
        self.client, self.results = client, {}

    def __call__(self, service, operation, note="", **parameters):
        result = self.client.call(service, operation, parameters)
        self.results[f"{service} {operation}" + (f" {note}" if note else "")] = result
        return result


def s3_calls(do, part_file):
    do("s3", "ListBuckets")
    do("s3", "GetBucketLocation", Bucket=BUCKET)
    do(
        "s3",
        "PutObject",
        Bucket=BUCKET,
        Key="docs/plain.txt",
        Body=text_bytes("a plain text\n"),
        ContentType="text/plain",
        Metadata={"origin": "e2e"},
        Tagging="team=shop",
    )
    do("s3", "PutObject", "awkward key", Bucket=BUCKET, Key=AWKWARD_KEY, Body=text_bytes("snow\n"))
    do("s3", "PutObject", "empty", Bucket=BUCKET, Key="docs/empty", Body=text_bytes(""))
    do("s3", "HeadObject", Bucket=BUCKET, Key="docs/plain.txt")
    do("s3", "HeadObject", "missing", Bucket=BUCKET, Key="docs/none")
    do("s3", "GetObject", Bucket=BUCKET, Key="docs/plain.txt")
    do("s3", "GetObject", "awkward key", Bucket=BUCKET, Key=AWKWARD_KEY)
    do("s3", "GetObject", "range", Bucket=BUCKET, Key="docs/plain.txt", Range="bytes=2-6")
    do("s3", "GetObject", "missing", Bucket=BUCKET, Key="docs/none")
    do("s3", "ListObjectsV2", Bucket=BUCKET, Prefix="docs/", Delimiter="/")
    do("s3", "ListObjects", Bucket=BUCKET)
    do("s3", "CopyObject", Bucket=BUCKET, Key="docs/copy.txt", CopySource=f"{BUCKET}/docs/plain.txt")
    do(
        "s3",
        "PutObjectTagging",
        Bucket=BUCKET,
        Key="docs/copy.txt",
        Tagging={"TagSet": [{"Key": "a b", "Value": "c/d"}]},
    )
    do("s3", "GetObjectTagging", Bucket=BUCKET, Key="docs/copy.txt")
    multipart(do, part_file)
    do("s3", "DeleteObject", Bucket=BUCKET, Key="docs/copy.txt")
    do("s3", "DeleteObjects", Bucket=BUCKET, Delete={"Objects": [{"Key": "docs/empty"}, {"Key": AWKWARD_KEY}]})


def multipart(do, part_file):
    key = {"Bucket": BUCKET, "Key": "parts.bin"}
    upload = do("s3", "CreateMultipartUpload", **key, ContentType="application/octet-stream").get("UploadId", "none")
    parts = []
    for number in (1, 2, 3):
        body = {"$file": str(part_file)} if number < 3 else text_bytes("the end")
        done = do("s3", "UploadPart", f"{number}", **key, UploadId=upload, PartNumber=number, Body=body)
        parts.append({"PartNumber": number, "ETag": done.get("ETag", "none")})
    do("s3", "ListParts", **key, UploadId=upload)
    do("s3", "CompleteMultipartUpload", **key, UploadId=upload, MultipartUpload={"Parts": parts})
    do("s3", "GetObject", "of three parts", **key)


def dynamodb_calls(do):
    table = {"TableName": TABLE}
    key = {"id": {"S": "42"}}
    do("dynamodb", "DescribeTable", **table)
    do(
        "dynamodb",
        "PutItem",
        **table,
        Item=key
        | {
            "total": {"N": "19.990"},
            "paid": {"BOOL": True},
            "note": {"S": "ünï ☃"},
            "tags": {"SS": ["a", "b"]},
            "lines": {"L": [{"M": {"n": {"NULL": True}}}]},
        },
    )
    do("dynamodb", "GetItem", **table, Key=key, ConsistentRead=True)
    do("dynamodb", "Query", **table, KeyConditionExpression="id = :id", ExpressionAttributeValues={":id": {"S": "42"}})
    do(
        "dynamodb",
        "UpdateItem",
        **table,
        Key=key,
        UpdateExpression="SET paid = :p",
        ReturnValues="ALL_NEW",
        ExpressionAttributeValues={":p": {"BOOL": False}},
    )
    do(
        "dynamodb",
        "BatchWriteItem",
        RequestItems={TABLE: [{"PutRequest": {"Item": {"id": {"S": f"b{n}"}}}} for n in range(3)]},
    )
    do("dynamodb", "Scan", **table, Limit=10)
    do("dynamodb", "PutItem", "condition fails", **table, Item=key, ConditionExpression="attribute_not_exists(id)")
    do("dynamodb", "DeleteItem", **table, Key=key, ReturnValues="ALL_OLD")


def queue_calls(do):
    queue = {"QueueUrl": do("sqs", "GetQueueUrl", QueueName=QUEUE).get("QueueUrl", "none")}
    do(
        "sqs",
        "SendMessage",
        **queue,
        MessageBody="ship order 42 & <go>",
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "order"}},
    )
    got = do(
        "sqs", "ReceiveMessage", **queue, MessageAttributeNames=["All"], AttributeNames=["ApproximateReceiveCount"]
    )
    receipt = got.get("Messages", [{}])[0].get("ReceiptHandle", "none")
    do("sqs", "DeleteMessage", **queue, ReceiptHandle=receipt)
    do(
        "sqs",
        "SendMessageBatch",
        **queue,
        Entries=[{"Id": "a", "MessageBody": "one"}, {"Id": "b", "MessageBody": "two"}],
    )
    do("sqs", "GetQueueAttributes", **queue, AttributeNames=["ApproximateNumberOfMessages", "QueueArn"])
    do("sns", "ListTopics")
    do(
        "sns",
        "Publish",
        TopicArn=f"arn:aws:sns:{REGION}:{ACCOUNT}:{TOPIC}",
        Message="order 42 shipped",
        Subject="orders",
    )


def compute_calls(do):
    do("ec2", "DescribeVpcs")
    started = do(
        "ec2",
        "RunInstances",
        ImageId="ami-12c6146b",
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        ClientToken="e2e-token",
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": "e2e"}]}],
    )
    instance = started.get("Instances", [{}])[0].get("InstanceId", "i-0")
    do("ec2", "DescribeInstances", Filters=[{"Name": "instance-id", "Values": [instance]}])
    do("ec2", "TerminateInstances", InstanceIds=[instance])
    do("iam", "ListUsers")
    do("iam", "GetRole", "missing", RoleName="none")
    do("lambda", "ListFunctions")
    do("lambda", "GetFunction", "missing", FunctionName="none")
    do(
        "lambda",
        "CreateFunction",
        FunctionName="hello",
        Runtime="python3.12",
        Role=LAMBDA_ROLE,
        Handler="hello.handler",
        Code={"ZipFile": zip_of("hello.py", "def handler(event, context):\n    return 1\n")},
    )


def telemetry_calls(do):
    do(
        "cloudwatch",
        "PutMetricData",
        Namespace="E2E",
        MetricData=[
            {"MetricName": "orders", "Value": 1.5, "Unit": "Count", "Dimensions": [{"Name": "shop", "Value": "one"}]}
        ],
    )
    do("cloudwatch", "ListMetrics", Namespace="E2E")
    stream = {"logGroupName": "/e2e/app", "logStreamName": "one"}
    do("logs", "CreateLogGroup", logGroupName="/e2e/app")
    do("logs", "CreateLogStream", **stream)
    do("logs", "PutLogEvents", **stream, logEvents=[{"timestamp": do.now, "message": "order 42 shipped"}])
    do("logs", "GetLogEvents", **stream, startFromHead=True)


def secret_calls(do):
    key = do("kms", "CreateKey", Description="e2e").get("KeyMetadata", {}).get("KeyId", "none")
    sealed = do("kms", "Encrypt", KeyId=key, Plaintext=text_bytes("attack at dawn")).get("CiphertextBlob", "")
    do("kms", "Decrypt", CiphertextBlob=sealed if isinstance(sealed, dict) else {"$bytes": sealed})
    do("ssm", "PutParameter", Name="/e2e/level", Value="debug", Type="String")
    do("ssm", "GetParameter", Name="/e2e/level")
    do("ssm", "PutParameter", "SecureString", Name="/e2e/password", Value="hunter2-hunter2", Type="SecureString")
    do("ssm", "GetParameter", "SecureString", Name="/e2e/password", WithDecryption=True)
    do(
        "secretsmanager",
        "CreateSecret",
        Name="e2e/db",
        SecretString=json.dumps({"user": "shop", "password": "swordfish"}),
        ClientRequestToken="11111111-2222-3333-4444-555555555555",
    )
    do("secretsmanager", "GetSecretValue", SecretId="e2e/db")
    do("sts", "GetCallerIdentity")


def run_calls(client, part_file, big_file, big_back, now):
    do = Script(client)
    do.now = now
    s3_calls(do, part_file)
    dynamodb_calls(do)
    queue_calls(do)
    compute_calls(do)
    telemetry_calls(do)
    secret_calls(do)
    do("s3", "Upload", Bucket=BUCKET, Key="big.bin", File=str(big_file))
    do("s3", "Download", Bucket=BUCKET, Key="big.bin", File=str(big_back))
    return do.results
