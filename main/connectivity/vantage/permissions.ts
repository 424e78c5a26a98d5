import type { KubernetesClient } from '../../lib/kubernetes/client.ts'
import { createObject } from '../../lib/kubernetes/objects.ts'
import { refuse } from './refusal.ts'

export interface Permission {
  readonly verb: string
  readonly group: string
  readonly resource: string
  readonly subresource?: string
}

/** Needed to start a probe and read its output. Deleting it is not required: a probe that stays ends by itself. */
export const probePermissions = (withSecret: boolean): readonly Permission[] => [
  { verb: 'create', group: 'batch', resource: 'jobs' },
  { verb: 'create', group: '', resource: 'configmaps' },
  ...(withSecret ? [{ verb: 'create', group: '', resource: 'secrets' }] : []),
  { verb: 'list', group: '', resource: 'pods' },
  { verb: 'watch', group: '', resource: 'pods' },
  { verb: 'get', group: '', resource: 'pods', subresource: 'log' },
]

export const execPermissions: readonly Permission[] = [
  { verb: 'list', group: '', resource: 'pods' },
  { verb: 'create', group: '', resource: 'pods', subresource: 'exec' },
]

const permissionText = ({ verb, group, resource, subresource }: Permission): string =>
  `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`}`

interface Review {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly status?: { readonly allowed?: boolean }
  readonly [field: string]: unknown
}

/** The permissions that this user lacks. Every authenticated user can create a SelfSubjectAccessReview. */
export async function missingPermissions(
  client: KubernetesClient,
  namespace: string,
  permissions: readonly Permission[],
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  const answers = await Promise.all(
    permissions.map(async (permission) => {
      const { status } = await createObject<Review>(
        client,
        {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { ...permission, namespace } },
        },
        signal,
      )
      return status?.allowed === true
    }),
  )
  return permissions.filter((_, index) => answers[index] === false)
}

/** Throws Refused with the permissions that are missing. */
export async function requirePermissions(
  client: KubernetesClient,
  namespace: string,
  permissions: readonly Permission[],
  signal: AbortSignal,
): Promise<void> {
  const missing = await missingPermissions(client, namespace, permissions, signal)
  if (missing.length === 0) return
  refuse(
    'rbac.denied',
    `this user is not permitted to ${missing.map(permissionText).join(', ')} in the namespace ${namespace}`,
  )
}
