import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Api } from './api.ts'
import type { BedPaths } from './layout.ts'
import type { Processes } from './processes.ts'
import { kwokStagesFolder, programPath } from './programs.ts'
import { until } from './until.ts'

const annotation = 'kwok.x-k8s.io/node'

/** kwok simulates the kubelet of every node with its annotation; pods there become Running without containers. */
export const startKwok = (paths: BedPaths, podNetwork: string, processes: Processes): void => {
  const folder = kwokStagesFolder()
  const stages = readdirSync(folder).map((file) => `--config=${join(folder, file)}`)
  processes.start({
    name: 'kwok',
    program: programPath('kwok'),
    args: [
      `--kubeconfig=${paths.kubeconfig}`,
      `--manage-nodes-with-annotation-selector=${annotation}=fake`,
      '--node-lease-duration-seconds=40',
      `--cidr=${podNetwork}`,
      ...stages,
    ],
  })
}

const nodeOf = (name: string, isolated: boolean): object => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    annotations: { [annotation]: 'fake', 'node.alpha.kubernetes.io/ttl': '0' },
    labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', type: 'kwok' },
  },
  // Beside a real node only pods with a toleration are scheduled here.
  spec: isolated ? { taints: [{ key: annotation, value: 'fake', effect: 'NoSchedule' }] } : {},
  status: {
    allocatable: { cpu: '64', memory: '256Gi', pods: '1000', 'ephemeral-storage': '1Ti' },
    capacity: { cpu: '64', memory: '256Gi', pods: '1000', 'ephemeral-storage': '1Ti' },
  },
})

const readyLimitMs = 180_000
const atOnce = 20

/** Adds nodes `simulated-N`, numbered after the existing ones; returns their names once all are ready. */
export const addSimulatedNodes = async (
  api: Api,
  count: number,
  isolated: boolean,
  signal: AbortSignal,
): Promise<string[]> => {
  const present = (await api.list('/api/v1/nodes', signal)).map(({ metadata }) => metadata.name)
  const first = Math.max(0, ...present.map((name) => Number(/^simulated-(\d+)$/.exec(name)?.[1] ?? 0))) + 1
  const names = Array.from({ length: count }, (_, index) => `simulated-${first + index}`)
  for (let start = 0; start < count; start += atOnce)
    await Promise.all(
      names.slice(start, start + atOnce).map((name) => api.create('/api/v1/nodes', nodeOf(name, isolated), signal)),
    )
  await until(
    `${count} simulated nodes`,
    async () => {
      const nodes = await api.list('/api/v1/nodes', signal)
      const ready = nodes.filter(({ metadata, status }) => {
        const conditions: unknown = status?.conditions
        return (
          names.includes(metadata.name) &&
          Array.isArray(conditions) &&
          conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
        )
      })
      return ready.length === count
    },
    readyLimitMs + count * 100,
    signal,
  )
  return names
}
