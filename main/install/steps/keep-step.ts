import { ifAllowed, ifServed } from '../../lib/kubernetes/if-allowed.ts'
import { getObject, listObjects } from '../../lib/kubernetes/objects.ts'
import { findResource, resourcePath } from '../../lib/kubernetes/resources.ts'
import { labelKeys } from '../labels.ts'
import { kinds } from '../observe/kinds.ts'
import type { Run, StepOutcome } from './run.ts'

/** Hangar's labels and annotations, as a merge patch that removes them. */
const withoutMarks = Object.fromEntries(Object.values(labelKeys).map((key) => [key, null]))

/**
 * A release that stays in the cluster and leaves the plane: Hangar's marks are removed from helm's records and from the objects of
 * Flux. Nothing that runs is changed.
 */
export async function keepRelease(
  run: Run,
  step: string,
  { name, namespace }: { readonly name: string; readonly namespace: string },
  signal: AbortSignal,
): Promise<StepOutcome> {
  const { client } = run
  await run.record('act', step, { act: 'keep', release: name, namespace })
  const selection = { namespace, labelSelector: `owner=helm,name=${name}`, metadataOnly: true }
  const records = await listObjects(client, kinds.secret, selection, signal)
  const ofFlux = await Promise.all(
    [kinds.helmRelease, kinds.ociRepository].map((kind) =>
      ifServed(ifAllowed(getObject(client, kind, { namespace, name }, signal))),
    ),
  )
  const marked = [...records, ...ofFlux.flatMap((object) => object ?? [])].filter(
    ({ metadata }) => metadata.labels?.[labelKeys.profile] !== undefined,
  )
  for (const object of marked) {
    const path = resourcePath(await findResource(client, object, signal), { namespace, name: object.metadata.name })
    const body = { metadata: { labels: withoutMarks, annotations: withoutMarks } }
    await client.request('PATCH', path, { body, contentType: 'application/merge-patch+json' }, signal)
  }
  return { changed: marked.length > 0, message: 'Kept: it is no part of the plane any more.' }
}
