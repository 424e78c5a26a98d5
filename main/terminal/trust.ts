import { createInterface } from 'node:readline/promises'
import { Problem } from '../../preload/contract/problem.ts'
import type { Consent, ConsentAnswer, ConsentItem, Grant } from '../../preload/contract/trust.ts'
import { type Command, formOf, outputOption, type Terminal } from './command.ts'
import { plain, printJson, printMessage, printTable } from './print.ts'

export const trustCommand: Command = {
  name: 'trust',
  usage: '[action] [id]',
  summary: 'list what you have allowed ("list"), or take a decision back ("revoke ID")',
  options: [outputOption(['table', 'json'])],
  async run(terminal, [action = 'list', id], options) {
    const client = await terminal.client()
    const grants = await client.trust.list()
    if (action === 'revoke') {
      const grant = grantOf(grants, id)
      await client.trust.revoke({ id: grant.id })
      printMessage(terminal, `Revoked: ${describeGrant(grant)}.`)
      return 0
    }
    if (action !== 'list' || id !== undefined) {
      throw new Problem('INPUT_INVALID', 'Use "hangar trust list" or "hangar trust revoke ID".')
    }
    if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, grants })
    else if (grants.length === 0) printMessage(terminal, 'You have not allowed anything yet.')
    else {
      const rows = grants.map((grant) => [grant.id.slice(0, idLength), grant.at, describeGrant(grant), grant.file])
      printTable(terminal, ['ID', 'SINCE', 'ALLOWED', 'KUBECONFIG'], rows)
    }
    return 0
  },
}

const idLength = 8

/** The grant whose id begins with the text. Throws INPUT_INVALID if none or several do. */
function grantOf(grants: readonly Grant[], id: string | undefined): Grant {
  const [grant, ...others] = id === undefined ? [] : grants.filter((each) => each.id.startsWith(id))
  if (grant === undefined)
    throw new Problem('INPUT_INVALID', 'No decision has this id. "hangar trust list" lists them.')
  if (others.length > 0) throw new Problem('INPUT_INVALID', 'Several decisions begin with this id. Enter more of it.')
  return grant
}

const describeGrant = (grant: Grant): string =>
  grant.kind === 'kubeconfig' ? 'known credential programs' : grant.items.map(describe).join('; ')

function describe(item: ConsentItem): string {
  if (item.kind === 'token-file') return `send ${item.file} to ${item.server}`
  if (item.kind === 'unencrypted') return `send credentials to ${item.server} without encryption`
  return `run ${[item.path, ...item.args].join(' ')}`
}

/** Shows what a context demands and asks for a decision. Only `y` and `o` allow it. */
export async function askConsent(
  terminal: Terminal,
  contextName: string,
  { items }: Consent,
  signal: AbortSignal,
): Promise<ConsentAnswer> {
  const lines = items.flatMap((item) => [
    `  - ${describe(item)}`,
    ...(item.kind === 'program' ? item.environment.map(({ name, value }) => `      with ${name}=${value}`) : []),
  ])
  terminal.stderr.write(plain(`To sign in to "${contextName}", the kubeconfig demands to:\n${lines.join('\n')}\n`))
  const prompt = createInterface({ input: terminal.stdin, output: terminal.stderr })
  try {
    const answer = await prompt.question('Allow it? [y]es and remember, [o]nce, [N]o: ', { signal })
    return answers[answer.trim().toLowerCase()] ?? 'no'
  } finally {
    prompt.close()
  }
}

const answers: Readonly<Record<string, ConsentAnswer>> = { y: 'always', yes: 'always', o: 'once', once: 'once' }
