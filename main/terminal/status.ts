import type { Plane } from '../../preload/contract/planes.ts'
import type { Health, PlaneStatus } from '../../preload/contract/workloads.ts'
import type { Client } from '../router.ts'
import { type Command, formOf, kubeconfigOptions, outputOption, type Terminal, text } from './command.ts'
import { noPlane, profileOf } from './plane.ts'
import { age, printJson, printJsonLine, printMessage, printTable, status } from './print.ts'

/** If a cluster does not answer within this time, its last known state is shown. */
const answerMs = 6_000
const unhealthy: ReadonlySet<Health> = new Set(['missing', 'degraded'])

export const statusCommand: Command = {
  name: 'status',
  summary: 'show the components of the planes; the last known state if a cluster is unreachable',
  options: [
    { flags: '--plane <name>', help: 'only this plane' },
    { flags: '--profile <name>', help: 'only planes of this profile' },
    { flags: '--context <name>', help: 'only planes of this context' },
    ...kubeconfigOptions,
    outputOption(['table', 'json', 'ndjson']),
  ],
  async run(terminal, _args, options, signal) {
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
      throw await noPlane(client, options)
    const statuses = await Promise.all(
      planes.map(async (plane) => ({ plane, status: await statusOf(client, plane, signal) })),
    )
    if (formOf(options) === 'json') printJson(terminal, { schemaVersion: 1, planes: statuses })
    for (const each of statuses) {
      if (formOf(options) === 'ndjson') printJsonLine(terminal, each)
      if (formOf(options) === 'table') printStatus(terminal, each.plane, each.status)
    }
    if (statuses.length === 0)
      printMessage(terminal, 'There are no planes yet. Run "hangar install --help" to see how to create one.')
    const required = (each: PlaneStatus) => each.components.filter(({ providedBy }) => providedBy !== 'vendor')
    const healthy = statuses.every(
      (each) =>
        each.status.connection.state === 'live' && !required(each.status).some(({ health }) => unhealthy.has(health)),
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
      // The reason is known, so waiting longer adds nothing.
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
