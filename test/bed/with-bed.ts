import { PassThrough } from 'node:stream'
import { Exec, KubeConfig } from '@kubernetes/client-node'
import type { Api, Manifest } from './api.ts'
import { baseTags } from './base-images.ts'
import { type Bed, describeMissing, missingPrerequisites } from './bed.ts'
import type { Network } from './options.ts'
import { until } from './until.ts'

/** Why a suite that needs such a bed is skipped on this machine, for its name; empty where it runs. */
export const skipReason = (pods: 'real' | 'simulated', network: Network = 'bridge'): string =>
  describeMissing(missingPrerequisites(pods, network))

/** A pod that runs a shell script in busybox. */
export const shellPod = (name: string, script: string, more: Readonly<Record<string, unknown>> = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: name } },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      { name: 'main', image: baseTags.busybox, imagePullPolicy: 'Never', command: ['/bin/sh', '-c', script], ...more },
    ],
  },
})

/** Waits until a pod of the default namespace is in a phase. */
export const waitForPhase = (api: Api, name: string, phase: string, signal: AbortSignal): Promise<unknown> =>
  until(
    `Pod ${name} ${phase}`,
    async () => (await api.get(`/api/v1/namespaces/default/pods/${name}`, signal)).status?.phase === phase,
    30_000,
    signal,
  )

export const podLog = (api: Api, name: string, signal: AbortSignal): Promise<string> =>
  api.read(`/api/v1/namespaces/default/pods/${name}/log`, signal)

/** Runs a command in a pod; returns what it printed. */
export const execInPod = async (
  bed: Pick<Bed, 'kubeconfig'>,
  pod: string,
  command: readonly string[],
  { namespace = 'default', container = 'main' } = {},
): Promise<string> => {
  const config = new KubeConfig()
  config.loadFromFile(bed.kubeconfig)
  const output = new PassThrough()
  let printed = ''
  output.on('data', (part: Buffer) => {
    printed += part.toString()
  })
  await new Promise<void>((resolve, reject) => {
    new Exec(config)
      .exec(namespace, pod, container, [...command], output, output, null, false, (status) =>
        status.status === 'Success' ? resolve() : reject(new Error(`${status.message} ${printed}`)),
      )
      .catch(reject)
  })
  return printed
}
