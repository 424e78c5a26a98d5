import { createHash } from 'node:crypto'
import { Problem } from '../../../preload/contract/problem.ts'
import type { ConsentItem } from '../../../preload/contract/trust.ts'
import { redactStrictly, withoutUserInfo } from '../rules/redaction.ts'
import { type FoundProgram, findProgram, isProtected } from './find-program.ts'
import { knownProgram } from './known-programs.ts'
import type { ClusterEntry, ExecPlugin, UserEntry } from './kubeconfig-entries.ts'

/** What a user has allowed for a connection. It contains no secret, so it can be sent to a thread. */
export interface Permit {
  /** Ids of demands. */
  readonly demands: readonly string[]
  /** Names of variables that the credential program inherits in addition. */
  readonly variables: readonly string[]
}

/** Something that a context does with credentials or programs and that needs the user's consent. */
export interface Demand {
  /** A hash of every detail. */
  readonly id: string
  /** For display: secrets are redacted. */
  readonly item: ConsentItem
  /** Whether a consent for the whole file covers it. */
  readonly known: boolean
  /** Variables of this computer that the program may need; they often hold secrets. */
  readonly variables: readonly string[]
}

export interface Demands {
  /** The program to start. Undefined: the user has none, or it was not found. */
  readonly program?: FoundProgram
  readonly demands: readonly Demand[]
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * What a context of a kubeconfig demands. A program that does not exist demands nothing: it cannot run.
 * `environment` has the PATH and the variables of this computer.
 */
export async function demandsOf(user: UserEntry, cluster: ClusterEntry, environment: Environment): Promise<Demands> {
  const server = withoutUserInfo(cluster.server)
  const demands: Demand[] = []
  const exec = usedProgram(user)
  const program = exec && (await findProgram(exec.command, environment))
  if (exec !== undefined && program !== undefined) {
    demands.push(await programDemand(exec, program, environment))
  }
  if (user.tokenFile !== undefined) {
    const item: ConsentItem = { kind: 'token-file', file: user.tokenFile, server }
    demands.push({ id: hash(item), item, known: false, variables: [] })
  }
  const servers = [...(sendsSecrets(user) || hasLogin(cluster.server) ? [cluster.server] : []), ...issuerOf(user)]
  for (const receiver of servers.filter(isUnencrypted)) {
    const item: ConsentItem = { kind: 'unencrypted', server: withoutUserInfo(receiver) }
    demands.push({ id: hash(item), item, known: false, variables: [] })
  }
  return { program, demands }
}

/** The credential program, unless a token takes precedence as in client-go. */
export const usedProgram = ({ exec, token, tokenFile }: UserEntry): ExecPlugin | undefined =>
  token === undefined && tokenFile === undefined ? exec : undefined

/** Throws CONSENT_NEEDED with the first demand that the permit does not cover. */
export function refuseWithoutConsent(
  contextName: string,
  demands: readonly Demand[],
  permit: Permit | undefined,
): void {
  const missing = demands.find(({ id }) => !permit?.demands.includes(id))
  if (missing === undefined) return
  throw new Problem(
    'CONSENT_NEEDED',
    `The context "${contextName}" ${verbOf(missing.item)}`,
    describeItem(missing.item),
  )
}

function verbOf(item: ConsentItem): string {
  if (item.kind === 'program') return `signs in with a program that you have not allowed yet: ${item.command}.`
  if (item.kind === 'token-file')
    return `sends the content of ${item.file} to ${item.server}, which you have not allowed yet.`
  return `sends its credentials to ${item.server} without encryption, which you have not allowed yet.`
}

/** The item on one line, for evidence and the terminal. */
export function describeItem(item: ConsentItem): string {
  if (item.kind === 'token-file') return `file ${item.file} to ${item.server}`
  if (item.kind === 'unencrypted') return `credentials to ${item.server} without encryption`
  const variables = item.environment.map(({ name, value }) => `${name}=${value}`)
  return [...variables, item.path, ...item.args].map(quote).join(' ')
}

const quote = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : JSON.stringify(text))

async function programDemand(exec: ExecPlugin, program: FoundProgram, environment: Environment): Promise<Demand> {
  const { command, args, environment: own } = exec
  const known = knownProgram(command)
  const set = new Set(own.map(({ name }) => name))
  // A variable such as PATH or LD_PRELOAD makes another program of a known one.
  const usual = known !== undefined && [...set].every((name) => isVariableOf(known, name))
  return {
    id: hash(['program', program.path, program.realPath, args, own.map(({ name, value }) => [name, value])]),
    item: {
      kind: 'program',
      command,
      path: program.realPath,
      args: hideSecrets(args),
      environment: own.map(({ name, value }) => ({
        name,
        value: secretName.test(name) ? '***' : redactStrictly(value),
      })),
    },
    known: usual && (await isProtected(program)),
    variables: (known?.secrets ?? []).filter((name) => environment[name] !== undefined && !set.has(name)),
  }
}

const isVariableOf = (
  { variables, secrets }: { variables: readonly string[]; secrets: readonly string[] },
  name: string,
) => variables.includes(name) || secrets.includes(name)

const secretName = /secret|token(?!.*file)|passw|private|credential(?!.*file)|api_?key|access_?key/i

/** `--client-secret x` is one argument after the other; `--client-secret=x` is one. */
function hideSecrets(args: readonly string[]): string[] {
  return args.map((argument, index) => {
    const before = args[index - 1] ?? ''
    if (/^--?[\w-]+$/.test(before) && secretName.test(before) && !argument.startsWith('-')) return '***'
    const [, option] = /^(--?[\w-]+)=/.exec(argument) ?? []
    if (option !== undefined && secretName.test(option)) return `${option}=***`
    return redactStrictly(argument)
  })
}

const hasLogin = (server: string): boolean => withoutUserInfo(server) !== server

const sendsSecrets = (user: UserEntry): boolean =>
  [user.token, user.tokenFile, user.username, user.exec, user.provider].some((each) => each !== undefined)

/** The sign-in service that gets the refresh token and the client's secret. */
function issuerOf({ provider }: UserEntry): string[] {
  const issuer = provider?.name === 'oidc' ? (provider.config['idp-issuer-url'] ?? '') : ''
  return URL.canParse(issuer) ? [issuer] : []
}

/** Whether what is sent to the server can be read on the network. The loopback interface is none. */
export function isUnencrypted(server: string): boolean {
  const { protocol, hostname } = new URL(server)
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

const hash = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 32)
