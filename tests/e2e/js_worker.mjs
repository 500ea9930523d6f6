// SPDX-License-Identifier: Apache-2.0
// The AWS SDK for JavaScript v3 as an agent has it, driven by JSON lines on standard input (clients.py).
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';

const packages = {
  s3: ['s3', 'S3Client'], dynamodb: ['dynamodb', 'DynamoDBClient'], sqs: ['sqs', 'SQSClient'], sns: ['sns', 'SNSClient'],
  ec2: ['ec2', 'EC2Client'], iam: ['iam', 'IAMClient'], lambda: ['lambda', 'LambdaClient'],
  cloudwatch: ['cloudwatch', 'CloudWatchClient'], logs: ['cloudwatch-logs', 'CloudWatchLogsClient'],
  kms: ['kms', 'KMSClient'], ssm: ['ssm', 'SSMClient'], secretsmanager: ['secrets-manager', 'SecretsManagerClient'],
  sts: ['sts', 'STSClient'],
};
const clients = {};

async function clientOf(service) {
  if (!clients[service]) {
    const [name, constructor] = packages[service];
    const module = await import(`@aws-sdk/client-${name}`);
    const forcePathStyle = process.env.S3_PATH_STYLE ? true : undefined;
    clients[service] = { module, client: new module[constructor]({ forcePathStyle }) };
  }
  return clients[service];
}

function given(value) {
  if (Array.isArray(value)) return value.map(given);
  if (value === null || typeof value !== 'object') return value;
  if ('$bytes' in value) return Buffer.from(value.$bytes, 'base64');
  if ('$file' in value) return createReadStream(value.$file);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, given(member)]));
}

function shown(value) {
  if (Array.isArray(value)) return value.map(shown);
  if (value === null || typeof value !== 'object') return value;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') };
  const members = Object.entries(value).filter(([name]) => name !== '$metadata');
  return Object.fromEntries(members.map(([name, member]) => [name, shown(member)]));
}

async function digest(stream) {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of stream) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function call(service, operation, parameters) {
  const { module, client } = await clientOf(service);
  const { Bucket, Key, File } = parameters;
  if (operation === 'Upload') {
    const Body = createReadStream(File);
    await client.send(new module.PutObjectCommand({ Bucket, Key, Body, ContentLength: (await stat(File)).size }));
    return { copied: true };
  }
  if (operation === 'Download') {
    const { Body } = await client.send(new module.GetObjectCommand({ Bucket, Key }));
    await pipeline(Body, createWriteStream(File));
    return { copied: true };
  }
  const input = given(parameters);
  if (parameters.Body?.$file) input.ContentLength = (await stat(parameters.Body.$file)).size;
  const output = await client.send(new module[operation + 'Command'](input));
  const { Body, ...rest } = output;
  const result = { ...shown(rest), status: output.$metadata.httpStatusCode };
  return service === 's3' && Body ? { ...result, Body: await digest(Body) } : result;
}

for await (const line of createInterface({ input: process.stdin })) {
  const [service, operation, parameters] = JSON.parse(line);
  let answer;
  try {
    answer = await call(service, operation, parameters);
  } catch (failed) {
    answer = { error: failed.name, message: failed.message, status: failed.$metadata?.httpStatusCode };
  }
  console.log(JSON.stringify(answer));
}
process.exit(0);
