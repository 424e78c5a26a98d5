import type { KubernetesClient } from './client.ts'
import { findResource, type KubernetesObject, resourcePath } from './resources.ts'

/** The owner of the fields, in `managedFields` and in the message of a conflict. */
export const fieldManager = 'hangar'

/** The desired state of an object: only the fields that Hangar owns. */
export interface DesiredObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

/**
 * Server-side apply: creates the object or changes the fields that it names, and returns the result.
 * `force` takes over fields that another manager owns; without it that is a conflict (`isConflict`).
 * With `dryRun`, the API server validates and sets defaults, and stores nothing. `manager`: asks in the name of another owner.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 */
export async function applyObject<Shape extends KubernetesObject = KubernetesObject>(
  client: KubernetesClient,
  object: DesiredObject,
  options: { readonly force?: boolean; readonly dryRun?: boolean; readonly manager?: string },
  signal: AbortSignal,
): Promise<Shape> {
  const type = await findResource(client, object, signal)
  const query = {
    fieldManager: options.manager ?? fieldManager,
    force: options.force ?? false,
    dryRun: options.dryRun ? 'All' : undefined,
  }
  // JSON is YAML, and every version of the API server accepts this content type.
  const contentType = 'application/apply-patch+yaml'
  return await client.request<Shape>(
    'PATCH',
    resourcePath(type, object.metadata),
    { query, body: object, contentType },
    signal,
  )
}
