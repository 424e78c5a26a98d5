import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { Profile } from '../../preload/contract/profiles.ts'
import { kubeconfigFolder } from '../clusters/kubeconfig-folder.ts'
import { serviceFor, temporaryHome, Window, type WindowState } from '../workloads/watching.ts'
import type { Benchmark, Row } from './benchmark.ts'

const podCount = 30_000
const namespaces = Array.from({ length: 50 }, (_, index) => `plane-${index}`)
/** How long the live plane is observed: longer than what counts as lost, 33 s in the version that could not stay live. */
const observeMs = 60_000

/** One component with a Deployment in each namespace. */
const profile = Profile.parse({
  schemaVersion: 1,
  name: 'large',
  title: 'Large',
  description: 'A plane of many namespaces',
  managementModels: [{ id: 'self', title: 'Self', summary: '', tasks: [] }],
  components: [
    {
      id: 'gateway',
      title: 'Gateway',
      summary: '',
      providedBy: 'release',
      parts: namespaces.map((namespace) => ({ kind: 'Deployment', namespace, name: 'gateway' })),
    },
  ],
  releases: namespaces.map((namespace) => ({ name: 'gateway', namespace, chart: { path: 'gateway' } })),
  endpoints: [],
})

/**
 * Question: how soon does a plane of 30,000 pods in 50 namespaces show rows with their state, when is all of it live, does it
 * stay so, and what does it cost?
 * Corpus: a stand-in for the API server in a process of its own, with HTTP/2, pages, pods of 3 KB and 20 changes a second. A new
 * service without a last known state: the start of the thread and the lists of all collections are included.
 * Bias: for Hangar, the stand-in has its objects ready, while a real API server reads them from etcd. Against Hangar, both share
 * the machine, and this process also is the window that applies each event.
 */
export const workloads: Benchmark = {
  name: 'workloads',
  question: `How soon, and at what cost, is a plane of ${podCount} pods in ${namespaces.length} namespaces live?`,
  async run(signal) {
    const api = spawn(
      execPath,
      [join(import.meta.dirname, 'workloads/large-api.ts'), `${podCount}`, `${namespaces.length}`],
      { stdio: ['pipe', 'pipe', 'inherit'], signal },
    )
    api.on('error', () => undefined)
    try {
      const [line] = await once(createInterface(api.stdout), 'line', { signal })
      const { url, ca } = JSON.parse(String(line))
      const authority = Buffer.from(String(ca)).toString('base64')
      const config = await kubeconfigFolder({ server: url, 'certificate-authority-data': authority }, {})
      const home = await temporaryHome()
      try {
        return await measure(config.connection, home.path, signal)
      } finally {
        await config.remove()
        await home.remove()
      }
    } finally {
      api.stdin.end()
    }
  },
}

async function measure(
  connection: Parameters<typeof serviceFor>[0],
  home: string,
  signal: AbortSignal,
): Promise<Row[]> {
  const threads: Worker[] = []
  const onThread = (thread: Worker): void => void threads.push(thread)
  process.on('worker', onThread)
  const service = serviceFor(connection, home, profile)
  const cpuBefore = process.cpuUsage()
  const started = performance.now()
  const window = new Window(service, signal)
  const heaps = { peak: 0 }
  const sampling = setInterval(async () => {
    heaps.peak = Math.max(heaps.peak, await heapOf(threads))
  }, 250)
  try {
    await window.until(({ objects }) => objects.size > 0)
    const firstMs = performance.now() - started
    await window.until((state) => readyPods(state) > 0)
    const firstPodsMs = performance.now() - started
    await window.until((state) => state.status.connection.state === 'live' && readyPods(state) === podCount)
    const liveMs = performance.now() - started
    const untilLive = process.cpuUsage(cpuBefore)

    const observedFrom = process.cpuUsage()
    const states = new Set<string>()
    const until = performance.now() + observeMs
    await window.until(({ status }) => {
      states.add(status.connection.state)
      return performance.now() > until
    })
    const observed = process.cpuUsage(observedFrom)
    await delay(100, undefined, { signal })
    return [
      { metric: 'first rows with their state', subject: 'Hangar', unit: 's', value: firstMs / 1_000, goal: 3 },
      { metric: 'first pods with their state', subject: 'Hangar', unit: 's', value: firstPodsMs / 1_000 },
      { metric: 'all rows live', subject: 'Hangar', unit: 's', value: liveMs / 1_000, goal: 17 },
      {
        metric: 'processor time until live',
        subject: 'Hangar with the window',
        unit: 's',
        value: secondsOf(untilLive),
      },
      {
        metric: 'states other than live in 60 s',
        subject: 'Hangar',
        unit: 'states',
        value: [...states].filter((state) => state !== 'live').length,
        goal: 1,
      },
      {
        metric: 'processor while 20 pods change a second',
        subject: 'Hangar with the window',
        unit: '% of a core',
        value: (100_000 * secondsOf(observed)) / observeMs,
      },
      { metric: 'heap of the thread, live', subject: 'Hangar', unit: 'MB', value: await heapOf(threads), goal: 442 },
      { metric: 'heap of the thread, peak', subject: 'Hangar', unit: 'MB', value: heaps.peak, goal: 442 },
      {
        metric: 'memory of the process',
        subject: 'Hangar with the window',
        unit: 'MB',
        value: megabytes(process.memoryUsage().rss),
      },
    ]
  } finally {
    clearInterval(sampling)
    process.off('worker', onThread)
    await window.close()
    await service.close()
  }
}

const readyPods = ({ objects }: WindowState): number =>
  objects.values().reduce((sum, { kind, health }) => sum + Number(kind === 'Pod' && health === 'healthy'), 0)

const secondsOf = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000_000
const megabytes = (bytes: number): number => bytes / 1_000_000

/** The used heap of the largest thread, in MB: with what the next collection of garbage would free. */
async function heapOf(threads: readonly Worker[]): Promise<number> {
  const used = threads.map((thread) =>
    thread.getHeapStatistics().then(
      ({ used_heap_size: bytes }) => bytes,
      () => 0, // it has ended
    ),
  )
  return megabytes(Math.max(0, ...(await Promise.all(used))))
}
