import type { ClusterEvent } from '../../preload/contract/workloads.ts'
import { type Fields, fieldsIn, numberIn, textIn } from '../health/fields.ts'
import type { KubernetesClient } from '../lib/kubernetes/client.ts'
import { listObjects } from '../lib/kubernetes/objects.ts'
import type { KubernetesObject } from '../lib/kubernetes/resources.ts'

const eventsLimit = 200

/** Events of the namespaces, newest first; with a uid, only those of that object. */
export async function readEvents(
  client: KubernetesClient,
  namespaces: readonly string[],
  objectUid: string | undefined,
  signal: AbortSignal,
): Promise<ClusterEvent[]> {
  const fieldSelector = objectUid === undefined ? undefined : `involvedObject.uid=${objectUid}`
  const kind = { apiVersion: 'v1', kind: 'Event' }
  const lists = await Promise.all(
    namespaces.map((namespace) => listObjects(client, kind, { namespace, fieldSelector }, signal)),
  )
  return newest(lists.flat().map(toClusterEvent), eventsLimit)
}

export function newest(events: readonly ClusterEvent[], limit: number): ClusterEvent[] {
  return events.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, limit)
}

/** The last time of a repeated event is in one of three fields, depending on the API version of its reporter. */
export function toClusterEvent(event: KubernetesObject): ClusterEvent {
  const fields: Fields = event
  const series = fieldsIn(fields, 'series')
  const involved = fieldsIn(fields, 'involvedObject')
  const at =
    textIn(series, 'lastObservedTime') ??
    textIn(fields, 'lastTimestamp') ??
    textIn(fields, 'eventTime') ??
    textIn(fields, 'firstTimestamp') ??
    event.metadata.creationTimestamp ??
    new Date(0).toISOString()
  return {
    uid: event.metadata.uid ?? '',
    at,
    type: textIn(fields, 'type') ?? 'Normal',
    reason: textIn(fields, 'reason') ?? '',
    message: textIn(fields, 'message') ?? '',
    object: {
      kind: textIn(involved, 'kind') ?? '',
      namespace: textIn(involved, 'namespace'),
      name: textIn(involved, 'name') ?? '',
    },
    count: numberIn(series, 'count') ?? numberIn(fields, 'count') ?? 1,
  }
}
