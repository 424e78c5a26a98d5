import { Problem } from '../../../preload/contract/problem.ts'
import { isTenantName, type ServicePort, servicePortOf } from '../../../preload/engine-service.ts'

/** A log engine in the plane's cluster. It is reached by the API server's proxy to its service, as the user. */
export interface EngineService extends ServicePort {
  /** A Loki of several tenants refuses requests without one. */
  readonly tenant?: string
}

/** Reads `NAMESPACE/SERVICE:PORT`. Throws INPUT_INVALID. Pure. */
export function readService(given: string, tenant?: string): EngineService {
  const service = servicePortOf(given)
  if (service === undefined)
    throw new Problem(
      'INPUT_INVALID',
      `"${given}" does not name a service as NAMESPACE/SERVICE:PORT, such as logging/loki:3100.`,
    )
  if (tenant === undefined) return service
  if (!isTenantName(tenant)) throw new Problem('INPUT_INVALID', `"${tenant}" is not the name of a tenant.`)
  return { ...service, tenant }
}

/** The path at the API server that leads to the root of the service. Pure. */
export const proxyPath = ({ namespace, name, port }: EngineService): string =>
  `/api/v1/namespaces/${namespace}/services/${name}:${port}/proxy`
