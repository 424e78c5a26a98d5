import type { Fields } from '../../health/fields.ts'
import { fieldsIn } from '../../health/fields.ts'
import { kindOf, nameOf, namespaceOf, type RenderedRelease, type Workload } from './rendered.ts'

export interface DraftComponent {
  readonly id: string
  readonly title: string
  readonly release: string
  readonly workloads: readonly Workload[]
  /** Objects by which people know the component: workloads and their Services. */
  readonly parts: readonly { readonly kind: string; readonly namespace: string; readonly name: string }[]
}

/** Words that name a part of any product. */
const generic: ReadonlySet<string> = new Set([
  ...[
    'api',
    'app',
    'backend',
    'cache',
    'controller',
    'database',
    'db',
    'frontend',
    'manager',
    'operator',
    'primary',
    'proxy',
    'replica',
  ],
  ...['server', 'service', 'webhook', 'worker', 'master', 'main', 'core', 'web', 'ui'],
])

/** Lower-case letters, digits and hyphens; empty if nothing is left. */
export const slugOf = (text: string): string =>
  text
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .slice(0, 60)
    .replaceAll(/^-|-$/g, '')

/** `key-vault` → `Key vault` */
export function titleOf(id: string): string {
  const text = id.replaceAll('-', ' ')
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/**
 * Components by workloads: one for those of a release that share the label `app.kubernetes.io/component`, else one for each. Pure.
 */
export function componentsOf(workloads: readonly Workload[], rendered: readonly RenderedRelease[]): DraftComponent[] {
  const groups = Map.groupBy(workloads, (workload) => `${workload.release.name}/${groupName(workload)}`)
  const ids = new Map<string, number>()
  for (const [key] of groups) {
    const id = key.split('/')[1] ?? ''
    ids.set(id, (ids.get(id) ?? 0) + 1)
  }
  return [...groups].map(([key, of]) => {
    const [release = '', name = ''] = key.split('/')
    const isShared = (ids.get(name) ?? 0) > 1 || generic.has(name) || name === ''
    const id = isShared && name !== release ? slugOf(`${release}-${name}`) : name
    const objects = rendered.find((each) => each.release.name === release)
    const services = objects === undefined ? [] : servicesOf(of, objects)
    const own = of.map(({ kind, namespace, name: workload }) => ({ kind, namespace, name: workload }))
    return { id, title: titleOf(id), release, workloads: of, parts: [...own, ...services] }
  })
}

function groupName({ labels, name, release }: Workload): string {
  const label = labels['app.kubernetes.io/component']
  const text = typeof label === 'string' ? slugOf(label) : ''
  if (text !== '') return text
  const prefix = `${release.name}-`
  return slugOf(name.startsWith(prefix) ? name.slice(prefix.length) : name)
}

function servicesOf(workloads: readonly Workload[], { release, objects }: RenderedRelease): DraftComponent['parts'] {
  return objects
    .filter(
      (object) => kindOf(object) === 'Service' && workloads.some((workload) => selects(object, workload, release)),
    )
    .map((object) => ({ kind: 'Service', namespace: namespaceOf(object, release), name: nameOf(object) }))
}

function selects(service: Fields, workload: Workload, release: RenderedRelease['release']): boolean {
  const selector = Object.entries(fieldsIn(fieldsIn(service, 'spec'), 'selector'))
  return (
    selector.length > 0 &&
    namespaceOf(service, release) === workload.namespace &&
    selector.every(([key, value]) => workload.labels[key] === value)
  )
}

/** The component that a person calls by this name; undefined if none or several fit. Pure. */
export function componentNamed(components: readonly DraftComponent[], name: string): DraftComponent | undefined {
  const wanted = slugOf(name)
  if (wanted === '') return undefined
  const fits = (texts: (component: DraftComponent) => readonly string[]) =>
    components.filter((each) => texts(each).some((text) => slugOf(text) === wanted))
  const candidates = [
    fits(({ id }) => [id]),
    fits(({ workloads }) => workloads.map((workload) => workload.name)),
    fits(({ release }) => [release]),
    components.filter(({ id }) => wanted.endsWith(`-${id}`)),
  ]
  return candidates.find((found) => found.length === 1)?.[0]
}
