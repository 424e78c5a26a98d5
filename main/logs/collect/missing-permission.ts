import { isForbidden, KubernetesError } from '../../lib/kubernetes/failure.ts'

/** A refusal of the API server for want of a permission: a verb with its resource, such as "get pods/log". */
export class MissingPermission extends KubernetesError {
  readonly permission: string

  constructor(permission: string, namespace: string, { status }: KubernetesError) {
    super('CLUSTER_FORBIDDEN', `The permission "${permission}" is missing in the namespace ${namespace}.`, status)
    this.permission = permission
  }
}

/** A refusal with the permission that the request needs; other errors as they are. */
export const withPermission = (error: unknown, permission: string, namespace: string): unknown =>
  error instanceof KubernetesError && isForbidden(error) ? new MissingPermission(permission, namespace, error) : error
