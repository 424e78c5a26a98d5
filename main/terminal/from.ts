import { VantageRequest } from '../../preload/contract/connectivity.ts'
import { Problem } from '../../preload/contract/problem.ts'
import { existingPodOf } from '../../preload/vantages.ts'
import { type OptionSpec, type OptionValues, text, texts } from './command.ts'

export const fromOptions: readonly OptionSpec[] = [
  {
    flags: '--from <list>',
    help: 'where to check from: computer, pod, pod:NAMESPACE, node, node:NAME, nodes (every ready node), component:ID, existing-pod:NAMESPACE/POD[/CONTAINER] (executes in a pod that Hangar did not create, without secrets); separate several by commas (default: computer)',
    repeatable: true,
  },
  { flags: '--probe-image <image>', help: 'image with Node for probe pods (default: the one that the profile names)' },
  { flags: '--namespace <name>', help: 'namespace for probe pods (default: that of the plane, or "default")' },
  { flags: '--manifest', help: 'print the manifest of a probe that is not permitted, for an administrator to apply' },
]

const forms =
  'computer, pod, pod:NAMESPACE, node, node:NAME, nodes, component:ID or existing-pod:NAMESPACE/POD[/CONTAINER]'

/** The vantages of `--from`; undefined if it was not given. Throws INPUT_INVALID. Pure. */
export function requestsOf(options: OptionValues): readonly VantageRequest[] | undefined {
  const namespace = text(options, 'namespace')
  const words = texts(options, 'from').flatMap((list) => list.split(','))
  if (words.length === 0) return undefined
  return words.map((word) => requestOf(word.trim(), namespace))
}

function requestOf(word: string, defaultNamespace: string | undefined): VantageRequest {
  const [kind = '', ...rest] = word.split(':')
  const name = rest.length === 0 ? undefined : rest.join(':')
  const namespace = name ?? defaultNamespace
  const requests: Readonly<Record<string, unknown>> = {
    computer: name === undefined ? { kind } : undefined,
    pod: { kind, ...(namespace === undefined ? {} : { namespace }) },
    node: { kind, ...(name === undefined ? {} : { name }) },
    nodes: name === undefined ? { kind } : undefined,
    component: { kind, component: name },
    'existing-pod': name === undefined ? undefined : { kind, ...existingPodOf(name) },
  }
  const parsed = VantageRequest.safeParse(Object.hasOwn(requests, kind) && name !== '' ? requests[kind] : undefined)
  if (parsed.success) return parsed.data
  throw new Problem('INPUT_INVALID', `--from: "${word}" is not a vantage. Use ${forms}.`)
}

/** Whether any of the vantages is in a cluster. */
export const usesCluster = (requests: readonly VantageRequest[] | undefined): boolean =>
  requests?.some(({ kind }) => kind !== 'computer') ?? false
