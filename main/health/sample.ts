import type { KubernetesObject } from './object.ts'

/** The current time in the tests. */
const now = '2026-03-01T12:00:00Z'
export const nowMs = Date.parse(now)
/** That many seconds before. */
export const ago = (seconds: number): string => new Date(nowMs - seconds * 1_000).toISOString()

type Given = Omit<Partial<KubernetesObject>, 'metadata'> & { readonly metadata?: Partial<KubernetesObject['metadata']> }

/** An object for a test, with the fields of the case over the common ones. */
export function sample(apiVersion: string, kind: string, { metadata, ...rest }: Given = {}): KubernetesObject {
  return {
    apiVersion,
    kind,
    metadata: { name: 'it', namespace: 'plane', creationTimestamp: ago(3_600), ...metadata },
    ...rest,
  }
}
