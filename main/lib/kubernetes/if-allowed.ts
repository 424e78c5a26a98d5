import type { KubernetesClient } from './client.ts'
import { isForbidden, isKindUnknown } from './failure.ts'
import { listObjects, type Selection } from './objects.ts'
import type { Kind, KubernetesObject } from './resources.ts'

/** The API server's response, or undefined if this user is not permitted to read it. Any other error is thrown. */
export async function ifAllowed<Value>(request: Promise<Value>): Promise<Value | undefined> {
  try {
    return await request
  } catch (error) {
    if (isForbidden(error)) return undefined
    throw error
  }
}

/** The API server's response, or undefined if the cluster does not serve the kind. Any other error is thrown. */
export async function ifServed<Value>(request: Promise<Value>): Promise<Value | undefined> {
  try {
    return await request
  } catch (error) {
    if (isKindUnknown(error)) return undefined
    throw error
  }
}

/** Undefined if this user is not permitted to list the kind; empty if the cluster does not serve it. */
export async function listIfAllowed(
  client: KubernetesClient,
  kind: Kind,
  selection: Selection,
  signal: AbortSignal,
): Promise<readonly KubernetesObject[] | undefined> {
  try {
    return await ifAllowed(listObjects(client, kind, selection, signal))
  } catch (error) {
    if (isKindUnknown(error)) return []
    throw error
  }
}
