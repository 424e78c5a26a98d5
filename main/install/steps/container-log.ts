import { visibleText } from '../../../preload/visible-text.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { redactStrictly } from '../../lib/rules/redaction.ts'
import { at, listAt, numberAt, textAt } from '../observe/kubernetes-object.ts'
import { redactTexts } from '../redact-values.ts'

const tailLines = 20
const tailBytes = 16_384
const shownCharacters = 2_000
const limitMs = 5_000

/** A container whose work is not done. */
export interface UnfinishedContainer {
  readonly container: string
  readonly state: 'failed' | 'running'
  readonly isReady: boolean
  /** It runs again after it failed, so its log is the one of its previous run. */
  readonly previous: boolean
}

/** Pure: the containers of a pod that have failed or run, init containers first. One that waits for its first start has no log. */
export const unfinishedContainersOf = (pod: unknown): UnfinishedContainer[] =>
  [...listAt(pod, 'status', 'initContainerStatuses'), ...listAt(pod, 'status', 'containerStatuses')].flatMap(
    (status) => {
      const exitCode = numberAt(status, 'state', 'terminated', 'exitCode')
      const isAgain = exitCode === undefined && (numberAt(status, 'lastState', 'terminated', 'exitCode') ?? 0) !== 0
      const isRunning = at(status, 'state', 'running') !== undefined
      if (exitCode === 0 || (exitCode === undefined && !isAgain && !isRunning)) return []
      const container = textAt(status, 'name') ?? ''
      const state = isRunning && !isAgain ? ('running' as const) : ('failed' as const)
      return [{ container, state, isReady: at(status, 'ready') === true, previous: isAgain }]
    },
  )

export interface ContainerOfPod extends Pick<UnfinishedContainer, 'container' | 'previous'> {
  readonly namespace: string
  readonly pod: string
}

/** The end of a container's log, without `secrets`. Text of a program of the cluster: untrusted. */
export async function readContainerLog(
  client: KubernetesClient,
  { namespace, pod, container, previous }: ContainerOfPod,
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`
  const query = { container, previous, tailLines, limitBytes: tailBytes }
  const chunks: Uint8Array[] = []
  for await (const chunk of await client.stream(path, { query, idleMs: limitMs }, signal)) chunks.push(chunk)
  return shownLog(Buffer.concat(chunks).subarray(0, tailBytes).toString('utf8'), secrets)
}

/** Pure: the end of a log without control characters and secrets. */
export function shownLog(text: string, secrets: readonly string[]): string {
  const lines = redactStrictly(redactTexts(text, secrets)).trim().split(/\r?\n/)
  return lines
    .slice(-tailLines)
    .map((line) => visibleText(line))
    .join('\n')
    .slice(-shownCharacters)
}
