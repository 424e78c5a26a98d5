import type { KubernetesClient } from './client.ts'
import { findResource, type KubernetesObject, resourcePath } from './resources.ts'

/** Whose fields they are, in `managedFields` and in the words of a conflict. */
const fieldManager = 'hangar'

/** An object as we want it: only the fields that we own. */
export interface Wanted {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

/**
 * Server-side apply: creates the object or changes the fields that it names, and returns what came of it.
 * `force` takes over fields that another manager owns; without it that is a conflict (`isConflict`).
 * `dryRun` has the API server check and default everything and store nothing.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export async function applyObject<Shape extends KubernetesObject = KubernetesObject>(
  client: KubernetesClient,
  object: Wanted,
  options: { readonly force?: boolean; readonly dryRun?: boolean },
  signal: AbortSignal,
): Promise<Shape> {
  const type = await findResource(client, object, signal)
  const query = { fieldManager, force: options.force ?? false, dryRun: options.dryRun ? 'All' : undefined }
  // JSON is YAML, so it goes under the name that every version of the API server takes.
  const contentType = 'application/apply-patch+yaml'
  return await client.request<Shape>(
    'PATCH',
    resourcePath(type, object.metadata),
    { query, body: object, contentType },
    signal,
  )
}
