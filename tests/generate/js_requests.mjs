// SPDX-License-Identifier: Apache-2.0
// What an AWS SDK for JavaScript sends for each call of calls.py, as botocore_requests.py writes it.
//
//   node js_requests.mjs v3|v2 FOLDER < calls.jsonl > requests.jsonl
//
// FOLDER holds node_modules. Nothing is sent: the request is taken where the SDK would hand it to the network. Calls that the
// SDK has no client or command for are passed over; those that it cannot build are named on stderr.
import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import readline from 'node:readline';

const [which, folder] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${folder}/package.json`));
const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', sessionToken: 'token' };
const region = 'us-east-1';

function revive(value) {
  if (Array.isArray(value)) return value.map(revive);
  if (value === null || typeof value !== 'object') return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && (keys[0] === '$blob' || keys[0] === '$stream')) return Buffer.from(value[keys[0]], 'base64');
  if (keys.length === 1 && keys[0] === '$time') return new Date(value.$time * 1000);
  return Object.fromEntries(keys.map((key) => [key, revive(value[key])]));
}

async function bytesOf(body) {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === 'string' || body instanceof Uint8Array || Buffer.isBuffer(body)) return Buffer.from(body);
  const parts = [];
  for await (const part of body) parts.push(Buffer.from(part));
  return Buffer.concat(parts);
}

// As Node's own client has it: of two names that differ in case the later one counts.
function texts(headers) {
  const kept = new Map();
  for (const [name, value] of Object.entries(headers)) kept.set(name.toLowerCase(), String(value));
  return Object.fromEntries(kept);
}

class Taken extends Error {}

// --- version 3: a client a package, commands by name, a request handler of ours -----------------------------------------

function clientsOfV3() {
  const { buildQueryString } = require('@smithy/core/protocols');
  const made = new Map();
  const clientOf = (serviceId) => {
    if (made.has(serviceId)) return made.get(serviceId);
    let found = null;
    try {
      const sdk = require(`@aws-sdk/client-${serviceId.toLowerCase().replaceAll(' ', '-')}`);
      const name = Object.keys(sdk).find((key) => key.endsWith('Client') && key !== '__Client' && typeof sdk[key] === 'function');
      const slot = {};
      const handle = async (request) => {
        slot.request = request;
        throw new Taken();
      };
      const client = new sdk[name]({ region, credentials, maxAttempts: 1, requestHandler: { handle, metadata: { handlerProtocol: 'http/1.1' } } });
      found = { sdk, client, slot };
    } catch (problem) {
      if (problem.code !== 'MODULE_NOT_FOUND') process.stderr.write(`no client: ${serviceId}: ${problem.message}\n`);
    }
    made.set(serviceId, found);
    return found;
  };
  return async (call) => {
    const found = clientOf(call.service_id);
    const Command = found?.sdk[`${call.operation}Command`];
    if (!Command) return null;
    found.slot.request = null;
    let why = '';
    await found.client.send(new Command(revive(call.input))).catch((problem) => (why = `${problem.name}: ${problem.message}`));
    const request = found.slot.request;
    if (!request) throw new Error(why);
    const query = buildQueryString(request.query ?? {});
    return {
      method: request.method,
      url: `https://${request.hostname}${request.path}${query ? `?${query}` : ''}`,
      headers: texts(request.headers),
      body: await bytesOf(request.body),
    };
  };
}

// --- version 2: one package, another serializer -------------------------------------------------------------------------

// Version 2 does not sign for S3 Express, so that what it makes of this is ListBuckets to AWS as well.
const OTHER_REQUESTS_IN_V2 = new Set(['s3 ListDirectoryBuckets']);

function clientsOfV2() {
  process.env.AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE = '1';
  const AWS = require('aws-sdk');
  const options = { region, credentials: new AWS.Credentials(credentials), paramValidation: false, maxRetries: 0 };
  let taken = null;
  AWS.HttpClient.prototype.handleRequest = (request, _options, _done, fail) => {
    taken = request;
    setImmediate(() => fail(Object.assign(new Taken(), { code: 'Taken' })));
    return new EventEmitter();
  };
  const clients = new Map();
  for (const name of Object.keys(AWS)) {
    if (typeof AWS[name] !== 'function' || !AWS[name].serviceIdentifier) continue;
    try {
      const client = new AWS[name](options);
      if (client.api?.serviceId && client.api.signatureVersion !== 'bearer') clients.set(client.api.serviceId, client);
    } catch {
      continue; // some need an endpoint of the caller's
    }
  }
  return async (call) => {
    const client = clients.get(call.service_id);
    const method = call.operation[0].toLowerCase() + call.operation.slice(1);
    if (!client || !client.api.operations[method]) return null;
    if (OTHER_REQUESTS_IN_V2.has(`${call.service} ${call.operation}`)) return null;
    client.api.operations[method].endpointDiscoveryRequired = 'NULL'; // or the request for the endpoint would be taken
    const request = client.makeRequest(method, revive(call.input));
    taken = null;
    const problem = await new Promise((resolve) => request.send((error) => resolve(error)));
    if (!taken) throw new Error(`${problem?.name}: ${problem?.message}`);
    return {
      method: taken.method,
      url: `https://${taken.endpoint.host}${taken.path}`,
      headers: texts(taken.headers),
      body: await bytesOf(taken.body),
    };
  };
}

const send = which === 'v2' ? clientsOfV2() : clientsOfV3();
for await (const line of readline.createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  const call = JSON.parse(line);
  let taken = null;
  try {
    taken = await send(call);
  } catch (problem) {
    process.stderr.write(`not built: ${call.service} ${call.operation}: ${problem.message.slice(0, 150)}\n`);
  }
  if (!taken) continue;
  const { body, ...request } = taken;
  const truth = { service: call.service, operation: call.operation };
  process.stdout.write(`${JSON.stringify({ ...request, body64: body.toString('base64'), truth })}\n`);
}
