import { type Fields, fieldsIn, isFields, listIn, textIn } from '../../health/fields.ts'
import type { PreparedRelease } from './prepare.ts'

/** A release with the objects that helm made of its chart, or why it made none. */
export interface RenderedRelease {
  readonly release: PreparedRelease
  readonly objects: readonly Fields[]
  readonly problem?: string | undefined
}

export interface Workload {
  readonly release: PreparedRelease
  readonly kind: string
  readonly name: string
  readonly namespace: string
  readonly replicas: number
  /** Of the workload and its pods. */
  readonly labels: Readonly<Record<string, unknown>>
  /** The labels by which the workload selects its pods. */
  readonly selector: Readonly<Record<string, unknown>>
  readonly podSpec: Fields
  readonly object: Fields
}

export const kindOf = (object: Fields): string => textIn(object, 'kind') ?? ''
export const nameOf = (object: Fields): string => textIn(fieldsIn(object, 'metadata'), 'name') ?? ''
export const groupOf = (object: Fields): string => {
  const version = textIn(object, 'apiVersion') ?? ''
  return version.includes('/') ? (version.split('/')[0] ?? '') : ''
}
export const namespaceOf = (object: Fields, release: Pick<PreparedRelease, 'namespace'>): string =>
  textIn(fieldsIn(object, 'metadata'), 'namespace') ?? release.namespace

const workloadKinds: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet'])

/** What runs all the time. Jobs and hooks do not. */
export const workloadsOf = (rendered: readonly RenderedRelease[]): Workload[] =>
  rendered.flatMap(({ release, objects }) =>
    objects
      .filter((object) => workloadKinds.has(kindOf(object)) && !isHook(object))
      .map((object) => workloadOf(object, release)),
  )

const isHook = (object: Fields): boolean =>
  textIn(fieldsIn(fieldsIn(object, 'metadata'), 'annotations'), 'helm.sh/hook') !== undefined

function workloadOf(object: Fields, release: PreparedRelease): Workload {
  const spec = fieldsIn(object, 'spec')
  const template = fieldsIn(spec, 'template')
  const { replicas } = spec
  return {
    release,
    kind: kindOf(object),
    name: nameOf(object),
    namespace: namespaceOf(object, release),
    replicas: typeof replicas === 'number' ? replicas : 1,
    labels: {
      ...fieldsIn(fieldsIn(object, 'metadata'), 'labels'),
      ...fieldsIn(fieldsIn(template, 'metadata'), 'labels'),
    },
    selector: fieldsIn(fieldsIn(spec, 'selector'), 'matchLabels'),
    podSpec: fieldsIn(template, 'spec'),
    object,
  }
}

/** The pod of any object that has one: workloads, Jobs, CronJobs and pods. */
export function podSpecOf(object: Fields): Fields {
  const spec = fieldsIn(object, 'spec')
  if (kindOf(object) === 'Pod') return spec
  const job = kindOf(object) === 'CronJob' ? fieldsIn(fieldsIn(spec, 'jobTemplate'), 'spec') : spec
  return fieldsIn(fieldsIn(job, 'template'), 'spec')
}

export const containersOf = (podSpec: Fields): readonly Fields[] => [
  ...listIn(podSpec, 'initContainers'),
  ...listIn(podSpec, 'containers'),
]

export interface FoundText {
  /** Field names joined by dots; an entry with a name has it in brackets. */
  readonly path: string
  /** The last name: of the field, or of the environment variable. */
  readonly key: string
  readonly text: string
}

const depthLimit = 64

/** All texts of a value, with their places. */
export function* textsIn(value: unknown, path = '', key = '', depth = 0): Generator<FoundText> {
  if (depth > depthLimit) return
  if (typeof value === 'string') yield { path, key, text: value }
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const name = isFields(item) ? textIn(item, 'name') : undefined
      yield* textsIn(item, `${path}[${name ?? index}]`, key, depth + 1)
    }
  } else if (isFields(value)) {
    const name = textIn(value, 'name')
    for (const [field, item] of Object.entries(value)) {
      // An environment variable is named beside its value.
      const own = field === 'value' && name !== undefined ? name : field
      yield* textsIn(item, path === '' ? field : `${path}.${field}`, own, depth + 1)
    }
  }
}
