import { createInterface } from 'node:readline/promises'
import { demandLines, demandText, programLines } from '../../preload/consent-text.ts'
import { Problem } from '../../preload/contract/problem.ts'
import type { Consent, ConsentAnswer, Grant, ProgramConsent } from '../../preload/contract/trust.ts'
import { changeLines } from '../../preload/profile-change-text.ts'
import { shellWord } from '../../preload/shell-word.ts'
import { exactText } from '../../preload/visible-text.ts'
import { type Command, type ExitCode, formOf, type OptionValues, outputOption, type Terminal, text } from './command.ts'
import { confirm } from './input.ts'
import { existingPlane } from './plane.ts'
import { printJson, printMessage, printTable } from './print.ts'

export const trustCommand: Command = {
  name: 'trust',
  usage: '[action] [id]',
  summary:
    'list what you have allowed ("list"), take a decision back ("revoke ID"), or review a changed profile ("approve PLANE")',
  options: [
    { flags: '--approve <digest>', help: 'approve the profile with this digest, without a question' },
    outputOption(['table', 'json']),
  ],
  async run(terminal, [action = 'list', id], options, signal) {
    const client = await terminal.client()
    if (action === 'approve') return await approve(terminal, id, options, signal)
    const grants = await client.trust.list()
    if (action === 'revoke') {
      const grant = grantOf(grants, id)
      await client.trust.revoke({ id: grant.id })
      printMessage(terminal, `Revoked: ${describeGrant(grant)}.`)
      return 0
    }
    if (action !== 'list' || id !== undefined) {
      throw new Problem(
        'INPUT_INVALID',
        'Use "hangar trust list", "hangar trust revoke ID" or "hangar trust approve PLANE".',
      )
    }
    if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, grants })
    else if (grants.length === 0) printMessage(terminal, 'You have not allowed anything yet.')
    else {
      const rows = grants.map((grant) => [grant.id.slice(0, idLength), grant.at, describeGrant(grant), grant.file])
      printTable(terminal, ['ID', 'SINCE', 'ALLOWED', 'FILE'], rows)
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

function describeGrant(grant: Grant): string {
  if (grant.kind === 'kubeconfig') return 'known credential programs'
  if (grant.kind === 'program') return `run ${exactText(grant.path)}, ${grant.sha256.slice(0, 12)}`
  if (grant.kind === 'profile') return `the profile of "${grant.plane}", ${grant.digest.slice(0, 12)}`
  return grant.items.map(demandText).join('; ')
}

/** Shows what changed in a plane's profile and asks. "--yes" of other commands does not cover it. */
async function approve(
  terminal: Terminal,
  name: string | undefined,
  options: OptionValues,
  signal: AbortSignal,
): Promise<ExitCode> {
  const client = await terminal.client()
  const plane = await existingPlane(terminal, { plane: name })
  const change = await client.planes.profileChange({ planeId: plane.id })
  if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, change })
  if (change === null) {
    printMessage(terminal, `The profile of "${plane.name}" is what you approved.`)
    return 0
  }
  for (const line of changeLines(change)) printMessage(terminal, line)
  const { digest, problem } = change
  if (problem !== undefined) throw new Problem('PROFILE_CHANGED', 'A profile that cannot be read cannot be approved.')
  const given = text(options, 'approve')
  if (given !== undefined && given !== digest)
    throw new Problem('PROFILE_CHANGED', 'The profile does not have the digest that --approve names.')
  const agreed = given === digest || (await confirm(terminal, 'Approve this profile?', signal))
  if (!agreed) throw new Problem('PROFILE_CHANGED', `Nothing was approved. Answer yes, or use --approve ${digest}.`)
  await client.planes.approveProfile({ planeId: plane.id, digest })
  printMessage(terminal, `Approved the profile of "${plane.name}".`)
  return 0
}

/** Of the shell of the system: on Windows PowerShell. */
const quoted = (file: string): string => shellWord(file, process.platform === 'win32' ? 'powershell' : 'posix')

/**
 * Shows what a context demands and asks for a decision. Only `y` and `o` allow it.
 * Throws CONSENT_NEEDED where there is no terminal to ask in.
 */
export async function askConsent(
  terminal: Terminal,
  contextName: string,
  { items, file }: Consent,
  signal: AbortSignal,
): Promise<ConsentAnswer> {
  if (!terminal.stdin.isTTY) {
    const demands = items.map(demandText).join('; ')
    const message = `The context "${contextName}" demands what you have not allowed yet: ${demands}. There is no terminal to ask in. To allow it for one command, add --trust-exec ${quoted(file)}`
    throw new Problem('CONSENT_NEEDED', `${message}.`)
  }
  terminal.stderr.write(
    `To sign in to "${exactText(contextName)}", the kubeconfig ${exactText(file)} demands to:\n${demandLines(items).join('\n')}\n`,
  )
  return await answerOf(terminal, signal)
}

/** Shows the helm of the PATH and asks whether Hangar may run it. Throws HELM_CONSENT_NEEDED where there is no terminal to ask in. */
export async function askProgram(
  terminal: Terminal,
  consent: ProgramConsent,
  signal: AbortSignal,
): Promise<ConsentAnswer> {
  if (!terminal.stdin.isTTY) {
    const message = `You have not allowed Hangar to run ${consent.path} yet. There is no terminal to ask in. To allow it for one command, add --trust-exec ${quoted(consent.path)}`
    throw new Problem('HELM_CONSENT_NEEDED', `${message}.`, `${consent.file}\nSHA-256 ${consent.sha256}`)
  }
  const lines = programLines(consent).map((line) => `  ${line}\n`)
  terminal.stderr.write(`The settings name the helm of the PATH:\n${lines.join('')}`)
  return await answerOf(terminal, signal)
}

async function answerOf({ stdin, stderr }: Terminal, signal: AbortSignal): Promise<ConsentAnswer> {
  const prompt = createInterface({ input: stdin, output: stderr })
  try {
    const answer = await prompt.question('Allow it? [y]es and remember, [o]nce, [N]o: ', { signal })
    return answers[answer.trim().toLowerCase()] ?? 'no'
  } finally {
    prompt.close()
  }
}

const answers: Readonly<Record<string, ConsentAnswer>> = { y: 'always', yes: 'always', o: 'once', once: 'once' }
