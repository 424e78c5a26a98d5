import { visibleText } from '../../../preload/visible-text.ts'
import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { listIfAllowed } from '../../lib/kubernetes/if-allowed.ts'
import { redactStrictly } from '../../lib/rules/redaction.ts'
import { kinds } from '../observe/kinds.ts'
import { at, type KubernetesObject, listAt, nameOf, numberAt, textAt } from '../observe/kubernetes-object.ts'
import type { NamespacedReference } from '../observe/manifest.ts'
import { redactTexts } from '../redact-values.ts'

const tailLines = 20
const tailBytes = 16_384
const shownCharacters = 2_000
const lastLineCharacters = 200
const limitMs = 5_000

/** A container of a hook that has not succeeded. */
export interface HookContainer {
  /** `Job db-migrate` */
  readonly hook: string
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly state: 'failed' | 'running'
  /** It runs again, so its log is the one of its previous run. */
  readonly previous: boolean
}

/** The end of a hook's log. Text of the chart's own program: untrusted, with secrets redacted. */
export interface HookLog extends HookContainer {
  readonly text: string
}

const isHookPod = (pod: KubernetesObject, { kind, namespace, name }: NamespacedReference): boolean => {
  if (pod.metadata?.namespace !== namespace) return false
  if (kind === 'Pod') return nameOf(pod) === name
  return listAt(pod, 'metadata', 'ownerReferences').some(
    (owner) => textAt(owner, 'kind') === kind && textAt(owner, 'name') === name,
  )
}

const containersOf = (pod: KubernetesObject): readonly unknown[] => [
  ...listAt(pod, 'status', 'initContainerStatuses'),
  ...listAt(pod, 'status', 'containerStatuses'),
]

/** Pure: the containers of the hooks that have failed or still run; failed ones first, then those of the latest pod. */
export function unfinishedContainers(
  hooks: readonly NamespacedReference[],
  pods: readonly KubernetesObject[],
): HookContainer[] {
  const found = pods
    .toSorted((a, b) => (b.metadata?.creationTimestamp ?? '').localeCompare(a.metadata?.creationTimestamp ?? ''))
    .flatMap((pod) => {
      const hook = hooks.find((each) => isHookPod(pod, each))
      if (hook?.namespace === undefined) return []
      const { namespace, kind, name } = hook
      return containersOf(pod).flatMap((status) => {
        const exitCode = numberAt(status, 'state', 'terminated', 'exitCode')
        const isAgain = exitCode === undefined && (numberAt(status, 'lastState', 'terminated', 'exitCode') ?? 0) !== 0
        const isRunning = at(status, 'state', 'running') !== undefined
        if (exitCode === 0 || (exitCode === undefined && !isAgain && !isRunning)) return []
        const container = textAt(status, 'name') ?? ''
        const state = isRunning && !isAgain ? ('running' as const) : ('failed' as const)
        return [{ hook: `${kind} ${name}`, namespace, pod: nameOf(pod), container, state, previous: isAgain }]
      })
    })
  return [...found.filter(({ state }) => state === 'failed'), ...found.filter(({ state }) => state === 'running')]
}

/** The log of the hook that has failed, or else of one that runs; undefined if there is none, or this user is not permitted to read it. `secrets` are hidden. */
export async function readHookLog(
  client: KubernetesClient,
  hooks: readonly NamespacedReference[],
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<HookLog | undefined> {
  const namespaces = [...new Set(hooks.flatMap(({ namespace }) => namespace ?? []))]
  const lists = await Promise.all(
    namespaces.map((namespace) => listIfAllowed(client, kinds.pod, { namespace }, signal)),
  )
  const [container] = unfinishedContainers(
    hooks,
    lists.flatMap((pods) => pods ?? []),
  )
  if (container === undefined) return undefined
  const { namespace, pod, previous } = container
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/log`
  const query = { container: container.container, previous, tailLines, limitBytes: tailBytes }
  const chunks: Uint8Array[] = []
  for await (const chunk of await client.stream(path, { query, idleMs: limitMs }, signal)) chunks.push(chunk)
  const text = Buffer.concat(chunks).subarray(0, tailBytes).toString('utf8')
  return { ...container, text: shownLog(text, secrets) }
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

/** `The log of Job db-migrate ends with: no such host` */
export const describeHookLog = ({ hook, text }: HookLog): string =>
  text === ''
    ? `${hook} wrote no log.`
    : `The log of ${hook} ends with: ${text.split('\n').at(-1)?.slice(0, lastLineCharacters)}`

export const hookEvidence = ({ hook, pod, container, text }: HookLog): string =>
  `Log of ${hook}, pod ${pod}, container ${container}:\n${text}`
