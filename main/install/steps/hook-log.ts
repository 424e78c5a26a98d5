import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { listIfAllowed } from '../../lib/kubernetes/if-allowed.ts'
import { kinds } from '../observe/kinds.ts'
import { type KubernetesObject, listAt, nameOf, textAt } from '../observe/kubernetes-object.ts'
import type { NamespacedReference } from '../observe/manifest.ts'
import {
  type ContainerOfPod,
  readContainerLog,
  type UnfinishedContainer,
  unfinishedContainersOf,
} from './container-log.ts'

const lastLineCharacters = 200

/** A container of a hook that has not succeeded. */
export interface HookContainer extends ContainerOfPod, Pick<UnfinishedContainer, 'state'> {
  /** `Job db-migrate` */
  readonly hook: string
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
      return unfinishedContainersOf(pod).map(({ container, state, previous }) => {
        return { hook: `${kind} ${name}`, namespace, pod: nameOf(pod), container, state, previous }
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
  return { ...container, text: await readContainerLog(client, container, secrets, signal) }
}

/** `The log of Job db-migrate ends with: no such host` */
export const describeHookLog = ({ hook, text }: HookLog): string =>
  text === ''
    ? `${hook} wrote no log.`
    : `The log of ${hook} ends with: ${text.split('\n').at(-1)?.slice(0, lastLineCharacters)}`

export const hookEvidence = ({ hook, pod, container, text }: HookLog): string =>
  `Log of ${hook}, pod ${pod}, container ${container}:\n${text}`
