import type { Plane } from '../../preload/contract/planes.ts'
import type { Health, PlaneStatus } from '../../preload/contract/workloads.ts'
import type { Client } from '../router.ts'
import { type Command, formOf, outputOption, type Terminal, text } from './command.ts'
import { noPlane, profileOf } from './plane.ts'
import { age, json, line, say, status, table } from './print.ts'

/** A cluster that does not answer within this time is shown as it was last known. */
const answerMs = 6_000
const wrong: ReadonlySet<Health> = new Set(['missing', 'degraded'])

export const statusCommand: Command = {
  name: 'status',
  summary: 'show the components of the planes; the last known state if a cluster is unreachable',
  options: [
    { flags: '--plane <name>', help: 'only this plane' },
    { flags: '--profile <name>', help: 'only planes of this profile' },
    { flags: '--context <name>', help: 'only planes of this context' },
    { flags: '--kubeconfig <file>', help: 'this kubeconfig instead of KUBECONFIG or ~/.kube/config' },
    outputOption(['table', 'json', 'ndjson']),
  ],
  async run(terminal, _args, options, signal) {
    const client = await terminal.client()
    const wanted = {
      name: text(options, 'plane'),
      profile: profileOf(options),
      contextName: text(options, 'context'),
    }
    const planes = (await client.planes.list()).filter((plane) =>
      Object.entries(wanted).every(
        ([key, value]) => value === undefined || plane[key as keyof typeof wanted] === value,
      ),
    )
    // Nothing to show of what was asked for is no success.
    if (planes.length === 0 && Object.values(wanted).some((value) => value !== undefined))
      throw await noPlane(client, options)
    const found = await Promise.all(
      planes.map(async (plane) => ({ plane, status: await statusOf(client, plane, signal) })),
    )
    if (formOf(options) === 'json') json(terminal, { schemaVersion: 1, planes: found })
    for (const each of found) {
      if (formOf(options) === 'ndjson') line(terminal, each)
      if (formOf(options) === 'table') printStatus(terminal, each.plane, each.status)
    }
    if (found.length === 0) say(terminal, 'There is no plane yet. "hangar install --help" says how to make one.')
    const required = (each: PlaneStatus) => each.components.filter(({ providedBy }) => providedBy !== 'vendor')
    const healthy = found.every(
      (each) =>
        each.status.connection.state === 'live' && !required(each.status).some(({ health }) => wrong.has(health)),
    )
    return healthy ? 0 : 1
  },
}

/** The first live state; the last known one when the cluster does not answer in time. */
async function statusOf(client: Client, plane: Plane, signal: AbortSignal): Promise<PlaneStatus> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(answerMs)])
  let last: PlaneStatus | undefined
  try {
    for await (const event of await client.workloads.watch({ planeId: plane.id }, { signal: limit })) {
      if (event.kind === 'state') last = event.status
      else if (last !== undefined)
        last = { ...last, asOf: event.asOf, connection: event.connection, components: event.components }
      if (last !== undefined && last.connection.state === 'live' && event.kind === 'state') return last
      // Why it does not answer is known: waiting longer would only tell it later.
      if (last !== undefined && last.connection.state !== 'live' && last.connection.problem !== undefined) return last
    }
  } catch (error) {
    if (!limit.aborted || last === undefined) throw error
  }
  signal.throwIfAborted()
  return (
    last ?? {
      schemaVersion: 1,
      asOf: null,
      connection: { state: 'stale', since: new Date().toISOString() },
      components: [],
      objects: [],
    }
  )
}

function printStatus(terminal: Terminal, plane: Plane, { asOf, connection, components }: PlaneStatus): void {
  const stale = asOf === null ? 'nothing is known of it yet' : `last known ${age(asOf)} ago`
  const known = connection.state === 'live' ? 'live' : stale
  say(terminal, `${plane.name} (${plane.profile}) on ${plane.contextName}: ${known}`)
  if (connection.problem !== undefined) say(terminal, `  ${connection.problem.message} ${connection.problem.hint}`)
  const rows = components.map(({ title, health, reason, since }) => [
    title,
    status(health, terminal.stdout),
    since === undefined ? '' : age(since),
    reason,
  ])
  table(terminal, ['COMPONENT', 'HEALTH', 'SINCE', 'REASON'], rows)
}
