import type { ObjectAssessment } from '../../preload/contract/documents.ts'
import type { Health } from '../../preload/contract/workloads.ts'
import { assess } from './assess.ts'
import { counts } from './counts.ts'
import { groupOf, type KubernetesObject } from './object.ts'
import { versionSkew } from './version-skew.ts'
import { closedWebhooks } from './webhook-endpoints.ts'
import { isWorse } from './worst.ts'

/** Events are about other objects, and have no state of their own. */
const isEvent = ({ kind, apiVersion }: KubernetesObject): boolean =>
  kind === 'Event' && (groupOf(apiVersion) === '' || groupOf(apiVersion) === 'events.k8s.io')

/** What needs attention first: degraded objects come before those of which nothing is known. */
const order: readonly Health[] = ['degraded', 'missing', 'unknown', 'progressing', 'suspended', 'healthy']

/** The state of each object at one time, degraded ones first. Of an object that is contained twice, the last one counts. Pure. */
export function assessSnapshot(objects: readonly KubernetesObject[], nowMs: number): ObjectAssessment[] {
  const skewed = versionSkew(objects)
  const closed = closedWebhooks(objects)
  const latest = new Map(objects.filter((object) => !isEvent(object)).map((object) => [identityOf(object), object]))
  const assessed = [...latest.values()].map((object): ObjectAssessment => {
    const { apiVersion, kind, metadata } = object
    const own = assess(object, nowMs)
    const other = kind === 'Node' ? skewed.get(metadata.name) : closed.get(object)
    const { health, reason, since } = other !== undefined && isWorse(other.health, own.health) ? other : own
    const { namespace, name } = metadata
    return { apiVersion, kind, namespace, name, state: health, reason, since: validTime(since), ...counts(object) }
  })
  return assessed.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || compare(sortKey(a), sortKey(b)))
}

const identityOf = ({ apiVersion, kind, metadata: { namespace, name } }: KubernetesObject): string =>
  JSON.stringify([groupOf(apiVersion), kind, namespace, name])

const sortKey = ({ namespace, kind, name }: ObjectAssessment): string => `${namespace ?? ''}/${kind}/${name}`
const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** A manifest can have any text as a time. */
function validTime(time: string | undefined): string | undefined {
  const ms = Date.parse(time ?? '')
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}
