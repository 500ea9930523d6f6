// SPDX-License-Identifier: Apache-2.0
// The lines of `strait policy eval`, answered by another evaluator: one {"decision"} or {"error"} a line.
//   node iam_simulate.mjs <folder with its node_modules> <lines.jsonl>
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'

const [folder, file] = process.argv.slice(2)
const { runSimulation } = createRequire(`${folder}/package.json`)('@cloud-copilot/iam-simulate')
const ACCOUNT = '123456789012'

// It wants texts and lists of texts.
function asText(context) {
  const text = (value) => (Array.isArray(value) ? value.map(String) : String(value))
  return Object.fromEntries(Object.entries(context ?? {}).map(([key, value]) => [key, text(value)]))
}

async function simulate(documents, request) {
  const simulation = {
    request: {
      principal: request.principal ?? `arn:aws:iam::${ACCOUNT}:role/developer`,
      action: request.action,
      resource: { resource: request.resource, accountId: ACCOUNT },
      contextVariables: asText(request.context),
    },
    identityPolicies: documents.map((policy, at) => ({ name: `p${at}`, policy })),
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }
  const said = await runSimulation(simulation, {})
  if (said.resultType === 'error') throw new Error(JSON.stringify(said.errors))
  const ignored = said.result?.ignoredContextKeys ?? []
  if (ignored.length > 0) throw new Error(`ignored ${ignored}`)
  return said.overallResult
}

// Deny, then ask, then allow: it knows no ask, so it is asked about each kind of document by itself.
async function decide({ allow = [], ask = [], request }) {
  if ((await simulate([...allow, ...ask], request)) === 'ExplicitlyDenied') return 'deny'
  if (ask.length > 0 && (await simulate(ask, request)) === 'Allowed') return 'ask'
  return (await simulate(allow, request)) === 'Allowed' ? 'allow' : 'deny'
}

for await (const line of createInterface({ input: createReadStream(file) })) {
  let answer
  try {
    answer = { decision: await decide(JSON.parse(line)) }
  } catch (error) {
    answer = { error: error.message.slice(0, 300) }
  }
  process.stdout.write(JSON.stringify(answer) + '\n')
}
