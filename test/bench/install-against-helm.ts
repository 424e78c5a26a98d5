import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { JsonObject } from '../../preload/contract/words.ts'
import { hangar } from '../demo/hangar.ts'
import { helm } from '../install/cluster.ts'
import { chartsFolder, type InstallSetup, openSetup, profileOf, runOperation } from '../install/setup.ts'
import { BenchProblem, median, type Row } from './benchmark.ts'

type Cluster = Pick<InstallSetup, 'kubeconfig' | 'context' | 'home' | 'helm'>

const pairs = 10
const releaseCount = 4
/** Of the time of bare helm, from the confirmed plan to the verified plane. */
const operationShare = 1.1
/** Beyond bare helm, for the command with preflight and plan. */
const commandExtraMs = 3_000

/** One way to install the releases; resolves with the time that it took. What it installed is removed afterwards. */
type Way = (signal: AbortSignal) => Promise<number>

const releasesOf = (name: string, more: JsonObject = {}): { name: string; namespace: string; chart: JsonObject }[] =>
  Array.from({ length: releaseCount }, (_, index) => ({
    name: `${name}-${index}`,
    namespace: name,
    chart: { path: 'small' },
    ...more,
  }))

/**
 * Question: how much longer does an install take than the same charts by bare `helm upgrade --install --wait`, in order?
 * Conditions: four releases of the same small chart, each ready in about 2 s, in a new namespace. Ten rounds, in each of which every
 * way runs once, so that all have the same load.
 * Bias: against Hangar, which also creates the namespace and verifies; the command starts Node as well.
 */
export async function compareWithHelm(cluster: Cluster, signal: AbortSignal): Promise<Row[]> {
  const ways: Readonly<Record<string, Way>> = {
    bare: (limit) => bareHelm(cluster, limit),
    ordered: (limit) => operation(cluster, 'ordered', {}, limit),
    beside: (limit) => operation(cluster, 'beside', { needs: [] }, limit),
    command: (limit) => command(cluster, limit),
  }
  const times: Record<string, number[]> = {}
  for (let pair = 0; pair < pairs; pair += 1) {
    for (const [name, way] of Object.entries(ways)) times[name] = [...(times[name] ?? []), await way(signal)]
  }
  const value = (name: string): number => median(times[name] ?? [])
  const row = { subject: `Hangar, ${releaseCount} releases`, unit: 'ms' }
  const bare = value('bare')
  return [
    {
      ...row,
      subject: `helm, ${releaseCount} releases`,
      metric: `one after the other, median of ${pairs}`,
      value: bare,
    },
    {
      ...row,
      metric: `confirmed to verified, one after the other, median of ${pairs}`,
      value: value('ordered'),
      goal: bare * operationShare,
    },
    {
      ...row,
      metric: `confirmed to verified, side by side, median of ${pairs}`,
      value: value('beside'),
      goal: bare * operationShare,
    },
    {
      ...row,
      metric: `the whole command, one after the other, median of ${pairs}`,
      value: value('command'),
      goal: bare + commandExtraMs,
    },
  ]
}

async function bareHelm(cluster: Cluster, signal: AbortSignal): Promise<number> {
  const setup = { ...cluster, profile: {} }
  const releases = releasesOf('bare')
  const began = performance.now()
  for (const { name, namespace } of releases) {
    signal.throwIfAborted()
    const where = ['--namespace', namespace, '--create-namespace']
    await helm(setup, 'upgrade', '--install', name, join(chartsFolder, 'small'), ...where, '--wait')
  }
  const elapsed = performance.now() - began
  for (const { name, namespace } of releases) await helm(setup, 'uninstall', name, '--namespace', namespace, '--wait')
  return elapsed
}

async function operation(cluster: Cluster, name: string, needs: JsonObject, signal: AbortSignal): Promise<number> {
  const profile = profileOf(name, { releases: releasesOf(name, needs) })
  const service = await openSetup({ ...cluster, home: join(cluster.home, name), profile })
  try {
    const { state, startedAt, endedAt = '' } = await runOperation(service, 'install', signal)
    if (state !== 'done') throw new BenchProblem(`The install "${name}" ended as ${state}.`, '')
    await runOperation(service, 'uninstall', signal)
    return Date.parse(endedAt) - Date.parse(startedAt)
  } finally {
    await service.close()
  }
}

async function command(cluster: Cluster, signal: AbortSignal): Promise<number> {
  signal.throwIfAborted()
  const folder = join(cluster.home, 'command')
  await mkdir(folder, { recursive: true })
  await cp(join(chartsFolder, 'small'), join(folder, 'small'), { recursive: true })
  const file = join(folder, 'profile.yaml')
  await writeFile(file, stringify(profileOf('command', { releases: releasesOf('command') })))
  const environment = { HANGAR_HOME: join(folder, 'state'), DBUS_SESSION_BUS_ADDRESS: 'disabled:' }
  const where = ['--kubeconfig', cluster.kubeconfig, '--context', cluster.context]
  const run = async (...args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await hangar([...args, '--profile', file, ...where, '--yes'], environment)
    if (code !== 0) throw new BenchProblem(`hangar ${args[0]} ended with ${code}.`, `${stdout}\n${stderr}`)
  }
  const began = performance.now()
  await run('install')
  const elapsed = performance.now() - began
  await run('uninstall')
  return elapsed
}
