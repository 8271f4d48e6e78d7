// Has @cloud-copilot/iam-simulate judge demands: reads { policies, demands } from the standard input, and writes a list of
// { allowed, errors }, one for each demand, to the standard output.
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(join(process.env.DOORMAN_IAM_SIMULATE, 'package.json'))
const { runSimulation } = require('@cloud-copilot/iam-simulate')

const ACCOUNT = '123456789012'
// What is to be made has no id yet. For the simulator an ARN with a wildcard is a question about many.
const named = (arn) =>
  arn
    .replace(/\/\*$/, '/to-be-made')
    // It has no parameters that are in nobody's account.
    .replace(/^(arn:aws:ssm:[^:]+):(:parameter)/, `$1:${ACCOUNT}$2`)

let text = ''
for await (const part of process.stdin) text += part
const { policies, demands } = JSON.parse(text)
const identityPolicies = policies.map((policy, at) => ({ name: `policy-${at}`, policy: JSON.parse(policy) }))

const judged = []
for (const { action, resource, context } of demands) {
  // A key of one value is a text for it, and of several a list.
  const pairs = Object.entries(context).map(([key, values]) => [
    key,
    key === 'aws:TagKeys' || key === 'route53:VPCs' ? values : values[0]
  ])
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:user/doorman`,
        action,
        resource: { resource: named(resource), accountId: ACCOUNT },
        contextVariables: Object.fromEntries(pairs)
      },
      identityPolicies,
      serviceControlPolicies: [],
      resourceControlPolicies: []
    },
    {}
  )
  const errors = result.resultType === 'error' ? [JSON.stringify(result.errors)] : []
  const ignored = result.result?.ignoredContextKeys ?? result.results?.flatMap((one) => one.ignoredContextKeys ?? []) ?? []
  if (ignored.length > 0) errors.push(`no such condition keys here: ${ignored.join(', ')}`)
  judged.push({ allowed: result.overallResult === 'Allowed', errors })
}
process.stdout.write(JSON.stringify(judged))
