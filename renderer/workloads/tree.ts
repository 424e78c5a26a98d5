import type { ObjectStatus } from '../../preload/contract/workloads.ts'
import { t } from '../strings/t.ts'
import type { ShownComponent } from './health.ts'
import type { WorkloadsSnapshot } from './store.ts'

/** With the components as the window shows them. */
export type ShownSnapshot = Omit<WorkloadsSnapshot, 'components'> & { readonly components: readonly ShownComponent[] }

/** What the pods below something amount to. */
export interface Totals {
  readonly restarts: number | undefined
  readonly ready: number | undefined
  readonly total: number | undefined
}

/** An object with those that it made: Deployment, ReplicaSet, Pod. */
export interface Branch {
  readonly object: ObjectStatus
  readonly children: Branch[]
  totals: Totals
}

/** A component with its objects. */
export interface ComponentBranch {
  readonly component: ShownComponent
  readonly roots: readonly Branch[]
  readonly totals: Totals
}

/** The group of objects that belong to no component of the profile. */
export const otherId = '·other'

/** CronJob, Job, Pod and more; owners that name each other have no end. */
const maxDepth = 6

/** Components in the profile's order; each object once, below what made it. Pure. */
export function ownerTree({ components, objects }: ShownSnapshot): readonly ComponentBranch[] {
  const known = new Set(components.map(({ id }) => id))
  const componentOf = ({ component }: ObjectStatus) =>
    component !== undefined && known.has(component) ? component : otherId
  const branches = new Map<string, Branch>()
  for (const object of objects.values()) {
    const { restarts, ready, total } = object
    branches.set(object.uid, { object, children: [], totals: { restarts, ready, total } })
  }
  const roots = new Map<string, Branch[]>()
  for (const branch of branches.values()) {
    const owner = ownerOf(branch.object, objects)
    // An owner of another component is that component's business.
    if (owner !== undefined && componentOf(owner) === componentOf(branch.object)) {
      branches.get(owner.uid)?.children.push(branch)
      continue
    }
    const id = componentOf(branch.object)
    const list = roots.get(id)
    if (list === undefined) roots.set(id, [branch])
    else list.push(branch)
  }
  const others = roots.has(otherId) ? [otherComponent()] : []
  return [...components, ...others].map((component) => {
    const own = roots.get(component.id) ?? []
    for (const root of own) addRestarts(root)
    return { component, roots: own, totals: totalsOf(own) }
  })
}

/** The object that made this one; none where the chain of owners does not end. */
function ownerOf(object: ObjectStatus, objects: ShownSnapshot['objects']): ObjectStatus | undefined {
  const owner = objects.get(object.owner ?? '')
  let above = owner
  for (let depth = 1; above !== undefined; depth += 1) {
    if (depth > maxDepth) return undefined
    above = objects.get(above.owner ?? '')
  }
  return owner
}

/** Restarts are counted by pods alone: what made them has the sum of its pods. */
function addRestarts(branch: Branch): number | undefined {
  const below = branch.children.map(addRestarts)
  if (branch.children.length > 0) branch.totals = { ...branch.totals, restarts: sum(below) }
  return branch.totals.restarts
}

/** What a Job has done is no state of pods that are to run. */
const totalsOf = (roots: readonly Branch[]): Totals => {
  const running = roots.filter(({ object }) => object.kind !== 'Job' && object.kind !== 'CronJob')
  return {
    restarts: sum(roots.map(({ totals }) => totals.restarts)),
    ready: sum(running.map(({ totals }) => (totals.total === undefined ? undefined : (totals.ready ?? 0)))),
    total: sum(running.map(({ totals }) => totals.total)),
  }
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  let total: number | undefined
  for (const value of values) if (value !== undefined) total = (total ?? 0) + value
  return total
}

const otherComponent = (): ShownComponent => ({
  id: otherId,
  title: t('workloads.otherTitle'),
  summary: t('workloads.other'),
  providedBy: '',
  health: 'unknown',
  reason: '',
  objects: [],
})
