import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, hostname, tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type App, createApp } from '../main/app.ts'
import { interruptSignal } from '../main/lib/interrupt.ts'
import { Recording } from '../main/recorded/recording.ts'
import type { ConnectivityReport } from '../preload/contract/connectivity.ts'
import type { LogRecord } from '../preload/contract/logs.ts'
import type { PlaneStatus } from '../preload/contract/workloads.ts'
import { recordedPlaneId } from '../preload/recorded-plane.ts'
import { type DemoEnvironment, startDemoEnvironment } from '../test/demo/demo-environment.ts'

/**
 * `node scripts/record-demo.ts [FILE]`: installs the demo plane on a real cluster, stops its event hub, and records what the
 * core answers about it for Home's "Look around". Needs what `npm run demo` needs, and takes about two minutes.
 */
const file = process.argv[2] ?? join(import.meta.dirname, '..', 'assets', 'recorded', 'demo.json.gz')

const planeName = 'demo'
/** Long enough for the integrations to log errors with stack traces, before and after the event hub ends. */
const collectMs = 45_000
const maxRecords = 1_500
const installLimitMs = 240_000

const stop = interruptSignal(['SIGINT', 'SIGTERM'])
const print = (sentence: string): void => console.error(sentence)

const folder = await mkdtemp(join(tmpdir(), 'hangar-record-'))
try {
  const demo = await startDemoEnvironment({ folder: join(folder, 'demo'), onProgress: print }, stop)
  try {
    // The keychain of this user is not used.
    process.env.DBUS_SESSION_BUS_ADDRESS = 'disabled:'
    const app = await createApp({ home: join(folder, 'home'), host: 'terminal', kubeconfig: demo.kubeconfig })
    try {
      await save(await record(demo, app))
    } finally {
      await app.close()
    }
  } finally {
    await demo.close()
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function record(demo: DemoEnvironment, { client }: App): Promise<Recorded> {
  await client.vault.unlock({ passphrase: randomBytes(24).toString('base64url') })
  const { contexts } = await client.clusters.contexts()
  const context = contexts[0]
  if (context === undefined) throw new Error('The demo has no context.')
  const described = { name: planeName, profile: 'demo', contextId: context.id, managementModel: 'self-managed' }
  const { id: planeId } = await client.planes.create({ ...described, ...demo.values })
  const secrets: string[] = []
  for (const [credential, keys] of Object.entries(demo.credentials))
    for (const [key, value] of Object.entries(keys)) {
      await client.vault.put({ planeId, credential, key, value })
      if (key !== 'username') secrets.push(value)
    }

  print('Installing …')
  const plan = await client.install.plan({ planeId, action: 'install' }, { signal: stop })
  const operation = await client.install.start(
    { planeId, action: 'install', digest: plan.digest, acceptedLosses: plan.losses.map(({ id }) => id) },
    { signal: stop },
  )
  await ended(client, operation.id)
  await client.logs.collect({ planeId })
  await settled(client, planeId, ({ components }) => components.every(isSettled))

  print('Checking …')
  const from = [{ kind: 'computer' } as const, { kind: 'pod' } as const]
  await check(client, planeId, from)
  await delay(collectMs / 2, undefined, { signal: stop })
  print('Stopping the event hub …')
  await demo.peers.eventHub.stop()
  await delay(collectMs / 2, undefined, { signal: stop })
  await check(client, planeId, from)
  const status = await settled(client, planeId, ({ components }) =>
    components.some(({ health }) => health === 'degraded'),
  ).catch(() => current(client, planeId))

  print('Recording …')
  const [rows, vantages, proxy, last, runs, events, logStatus] = await Promise.all([
    client.connectivity.rows({ planeId }),
    client.connectivity.vantages({ planeId }),
    client.connectivity.proxy({ planeId }),
    client.connectivity.last({ planeId }),
    client.connectivity.runs({ planeId }),
    client.workloads.events({ planeId }),
    client.logs.status({ planeId }),
  ])
  const records = await recordsOf(client, planeId)
  const reports = await Promise.all(
    runs.map(async (entry) => ({ entry, report: await client.connectivity.run({ planeId, runId: entry.runId }) })),
  )
  const plane = { ...(await client.planes.get({ planeId })), recordedAt: new Date().toISOString() }
  const recording = {
    schemaVersion: 1,
    plane,
    status,
    events,
    connectivity: { rows, vantages, proxy, last, runs: reports },
    logs: {
      sources: logStatus.sources.map(({ id, title }) => ({ id, title })),
      records,
      rawBytes: records.reduce((sum, { raw }) => sum + Buffer.byteLength(raw), 0),
    },
  }
  return { text: JSON.stringify(recording), secrets, planeId }
}

function word(text: string): RegExp {
  return new RegExp(`(?<![\\w+/=-])${text}(?![\\w+/=-])`, 'g')
}

type Client = App['client']

interface Recorded {
  readonly text: string
  readonly secrets: readonly string[]
  readonly planeId: string
}

/** What others run is unknown from the cluster. */
function isSettled({ health, providedBy }: PlaneStatus['components'][number]): boolean {
  return health === 'healthy' || (providedBy !== 'release' && providedBy !== 'flux')
}

async function check(client: Client, planeId: string, from: ({ kind: 'computer' } | { kind: 'pod' })[]) {
  let report: ConnectivityReport | undefined
  for await (const event of await client.connectivity.check({ planeId, from }, { signal: stop }))
    if (event.kind === 'finished') report = event.report
  if (report === undefined) throw new Error('The check did not finish.')
}

async function ended(client: Client, operationId: string): Promise<void> {
  const until = AbortSignal.any([stop, AbortSignal.timeout(installLimitMs)])
  for (;;) {
    const operation = (await client.operations.list()).find(({ id }) => id === operationId)
    if (operation?.state === 'done') return
    if (operation?.state !== 'running') throw new Error(`The install ended as ${operation?.state}.`)
    await delay(1_000, undefined, { signal: until })
  }
}

/** The first state that fits, within a minute. */
async function settled(client: Client, planeId: string, fits: (status: PlaneStatus) => boolean): Promise<PlaneStatus> {
  const until = AbortSignal.any([stop, AbortSignal.timeout(60_000)])
  for (;;) {
    const status = await current(client, planeId)
    if (fits(status)) return status
    await delay(2_000, undefined, { signal: until }).catch((cause: unknown) => {
      const wrong = status.components.filter((component) => !isSettled(component))
      throw new Error(`Not settled: ${wrong.map(({ id, health, reason }) => `${id}: ${health} ${reason}`)}`, { cause })
    })
  }
}

/** The live state: deltas follow the first one until all is listed. */
async function current(client: Client, planeId: string): Promise<PlaneStatus> {
  const enough = new AbortController()
  let status: PlaneStatus | undefined
  for await (const event of await client.workloads.watch({ planeId }, { signal: enough.signal })) {
    if (event.kind === 'state') status = event.status
    else if (status !== undefined) {
      const gone = new Set([...event.removed, ...event.changed.map(({ uid }) => uid)])
      const { asOf, connection, components } = event
      const objects = [...status.objects.filter(({ uid }) => !gone.has(uid)), ...event.changed]
      status = { ...status, asOf, connection, components, objects }
    }
    if (status?.connection.state === 'live') break
  }
  enough.abort()
  if (status === undefined) throw new Error('The plane has no state.')
  return status
}

async function recordsOf(client: Client, planeId: string): Promise<LogRecord[]> {
  const records: LogRecord[] = []
  for (let before: string | undefined; records.length < maxRecords; before = records.at(-1)?.id) {
    const page: LogRecord[] = []
    for await (const event of await client.logs.search({ planeId, limit: 500, before }))
      if (event.kind === 'records') page.push(...event.records)
    records.push(...page)
    if (page.length < 500) break
  }
  return records.slice(0, maxRecords)
}

/** Names of this machine become names of an example. What is left of them, or of a secret, is an error. */
async function save({ text, secrets, planeId }: Recorded): Promise<void> {
  const bed = /bed-[0-9a-f]{6}/g
  const clean = text
    .replaceAll(word(hostname()), 'operator-laptop')
    .replaceAll(bed, 'demo-cluster')
    .replaceAll(process.execPath, 'node')
    .replaceAll(folder, '/home/operator')
    .replaceAll(planeId, recordedPlaneId)
  // A short name is also a part of other words, and of encoded data.
  if (word(hostname()).test(clean)) throw new Error('The recording contains the name of this computer.')
  const forbidden = [...secrets, homedir(), userInfo().username.replace('root', ''), tmpdir(), folder, process.cwd()]
  const found = forbidden.filter((word) => word.length > 3 && clean.includes(JSON.stringify(word).slice(1, -1)))
  if (found.length > 0) throw new Error(`The recording contains ${found.map((word) => word.slice(0, 12)).join(', ')}.`)
  Recording.parse(JSON.parse(clean))
  const packed = gzipSync(clean, { level: 9 })
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, packed)
  print(`${file}: ${Math.round(packed.length / 1_000)} kB, ${Math.round(clean.length / 1_000)} kB unpacked`)
}
