import { ORPCError } from '@orpc/client'
import type { Plane } from '../../preload/contract/planes.ts'
import { Problem, ProblemReport, reportProblem } from '../../preload/contract/problem.ts'
import type { Health, PlaneStatus, WorkloadsEvent } from '../../preload/contract/workloads.ts'
import type { Client } from '../router.ts'
import {
  type Command,
  type ExitCode,
  formOf,
  kubeconfigOptions,
  type OptionValues,
  outputOption,
  type Terminal,
  text,
} from './command.ts'
import { profileOf } from './plane.ts'
import { age, printJson, printJsonLine, printMessage, printTable, status } from './print.ts'
import { installedPlane } from './reach.ts'
import { statusOfFiles } from './status-of-files.ts'

/** Listing a large plane on a busy computer takes longer than connecting, which has a limit of its own. */
const defaultTimeoutSeconds = 30
const longestTimeoutSeconds = 3_600
const unhealthy: ReadonlySet<Health> = new Set(['missing', 'degraded'])

export const statusCommand: Command = {
  name: 'status',
  summary: 'show the components of the planes, the last known state if a cluster is unreachable, or objects of files',
  options: [
    {
      flags: '-f, --file <path>',
      help: 'the objects of a file, a folder (support bundle) or - instead; uses no cluster',
    },
    { flags: '--now <time>', help: 'with -f: assess as of this time, such as 2026-03-01T12:00:00Z; for older files' },
    { flags: '--plane <name>', help: 'only this plane' },
    { flags: '--profile <name>', help: 'only planes of this profile' },
    { flags: '--context <name>', help: 'only planes of this context' },
    ...kubeconfigOptions,
    {
      flags: '--timeout <seconds>',
      help: `exit with code 2 if the state is still unknown this long after connecting starts (default: ${defaultTimeoutSeconds})`,
    },
    outputOption(['table', 'json', 'ndjson']),
  ],
  async run(terminal, _args, options, signal) {
    const file = text(options, 'file')
    if (file !== undefined) return await statusOfFiles(terminal, file, options, signal)
    if (text(options, 'now') !== undefined)
      throw new Problem('USAGE_INVALID', '--now needs -f: a cluster has its own time.')
    const timeoutSeconds = timeoutOf(options)
    const client = await terminal.client()
    const filters = {
      name: text(options, 'plane'),
      profile: profileOf(options),
      contextName: text(options, 'context'),
    }
    const planes = (await client.planes.list()).filter((plane) =>
      Object.entries(filters).every(
        ([key, value]) => value === undefined || plane[key as keyof typeof filters] === value,
      ),
    )
    // A filter that matches no plane is an error, not a success.
    if (planes.length === 0 && Object.values(filters).some((value) => value !== undefined))
      planes.push(await installedPlane(terminal, options, signal))
    const statuses = await Promise.all(
      planes.map(async (plane) => {
        const status = statusOf(client, plane, timeoutSeconds, signal)
        // What is wrong with one plane, such as its profile, does not take the state of the others.
        return { plane, status: await (planes.length > 1 ? status.catch(failedStatus) : status) }
      }),
    )
    if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, planes: statuses })
    for (const each of statuses) {
      if (formOf(options) === 'ndjson') printJsonLine(terminal, each)
      if (formOf(options) === 'table') printStatus(terminal, each.plane, each.status)
    }
    if (statuses.length === 0)
      printMessage(terminal, 'There are no planes yet. Run "hangar install --help" to see how to create one.')
    return exitCodeOf(statuses.map((each) => each.status))
  },
}

/** Seconds of `--timeout`. Throws INPUT_INVALID. */
export function timeoutOf(options: OptionValues): number {
  const given = text(options, 'timeout')
  if (given === undefined) return defaultTimeoutSeconds
  const seconds = Number(given)
  if (given !== '' && Number.isInteger(seconds) && seconds >= 1 && seconds <= longestTimeoutSeconds) return seconds
  const range = `from 1 to ${longestTimeoutSeconds}`
  throw new Problem('INPUT_INVALID', `--timeout is a number of seconds ${range}, not "${given}".`)
}

/**
 * 1 if a cluster cannot be reached or a component is not healthy; else 2 if a state is unknown because the time ran out or the
 * user has not allowed the sign-in; else 0.
 */
export function exitCodeOf(statuses: readonly Pick<PlaneStatus, 'connection' | 'components'>[]): ExitCode {
  const isBad = ({ connection, components }: (typeof statuses)[number]): boolean =>
    isUnreachable(connection) ||
    (connection.state === 'live' &&
      components.some(({ providedBy, health }) => providedBy !== 'vendor' && unhealthy.has(health)))
  if (statuses.some(isBad)) return 1
  return statuses.some(({ connection }) => connection.state !== 'live') ? 2 : 0
}

/** Of a cluster that was never reached, only the problem of the connection is known. */
function isUnreachable({ state, problem }: PlaneStatus['connection']): boolean {
  if (problem?.code === 'CONSENT_NEEDED' || problem?.code.startsWith('PROFILE_')) return false
  return state === 'stale' || (state === 'connecting' && problem !== undefined && problem.code !== 'TIMED_OUT')
}

/** The status of a plane of which nothing is known for this reason. Throws what is no problem. */
function failedStatus(error: unknown): PlaneStatus {
  const problem = error instanceof ORPCError ? reportOf(error) : undefined
  if (problem === undefined) throw error
  const connection = { state: 'connecting' as const, since: new Date().toISOString(), problem }
  return { schemaVersion: 1, asOf: null, connection, components: [], objects: [] }
}

function reportOf({ code, message, data }: ORPCError<string, unknown>): ProblemReport | undefined {
  const fields = ProblemReport.pick({ hint: true, evidence: true }).safeParse(data)
  return fields.success && code !== 'CANCELLED' ? { code, message, ...fields.data } : undefined
}

/** The first live state; or the last known one with why there is none: the connection's problem, or TIMED_OUT. */
async function statusOf(
  client: Client,
  plane: Plane,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<PlaneStatus> {
  const limit = new AbortController()
  let timer: NodeJS.Timeout | undefined
  let last: PlaneStatus | undefined
  try {
    const events = await client.workloads.watch(
      { planeId: plane.id },
      { signal: AbortSignal.any([signal, limit.signal]) },
    )
    for await (const event of events) {
      last = applyEvent(last, event)
      // The first event is what was known before; connecting starts with it.
      timer ??= setTimeout(() => limit.abort(), timeoutSeconds * 1_000)
      if (last?.connection.state === 'live' || last?.connection.problem !== undefined) return last
    }
  } catch (error) {
    if (!limit.signal.aborted) throw error
  } finally {
    clearTimeout(timer)
  }
  signal.throwIfAborted()
  if (last === undefined) throw new Problem('THREAD_DIED', `The watch of "${plane.name}" ended without a state.`)
  const message = `The state is unknown: ${plane.contextName} did not list all objects within ${timeoutSeconds} s.`
  const problem = reportProblem(new Problem('TIMED_OUT', message, '--timeout sets the limit'))
  return { ...last, connection: { ...last.connection, problem } }
}

/** The status after an event; undefined before the first complete one. */
export function applyEvent(last: PlaneStatus | undefined, event: WorkloadsEvent): PlaneStatus | undefined {
  if (event.kind === 'state') return event.status
  if (last === undefined) return undefined
  const { asOf, connection, components } = event
  const replaced = new Set([...event.removed, ...event.changed.map(({ uid }) => uid)])
  const objects = [...last.objects.filter(({ uid }) => !replaced.has(uid)), ...event.changed]
  return { ...last, asOf, connection, components, objects }
}

function printStatus(terminal: Terminal, plane: Plane, { asOf, connection, components }: PlaneStatus): void {
  const stale = asOf === null ? 'state unknown' : `last known ${age(asOf)} ago`
  const known = connection.state === 'live' ? 'live' : stale
  printMessage(terminal, `${plane.name} (${plane.profile}) on ${plane.contextName}: ${known}`)
  if (connection.problem !== undefined)
    printMessage(terminal, `  ${connection.problem.message} ${connection.problem.hint}`)
  const rows = components.map(({ title, health, reason, since }) => [
    title,
    status(health, terminal.stdout),
    since === undefined ? '' : age(since),
    reason,
  ])
  printTable(terminal, ['COMPONENT', 'HEALTH', 'SINCE', 'REASON'], rows)
}
