import type { LogEngine } from '../../../preload/contract/logs.ts'
import { Problem } from '../../../preload/contract/problem.ts'
import { isTenantName, type ServicePort, servicePortOf } from '../../../preload/engine-service.ts'

export interface LokiService extends ServicePort {
  readonly kind: 'loki'
  /** A Loki of several tenants refuses requests without one. */
  readonly tenant?: string
}

export interface OpenSearchService extends ServicePort {
  readonly kind: 'opensearch'
  /** Names of indices or patterns of them, with commas between them. */
  readonly index: string
}

/** A log engine in the plane's cluster. */
export type EngineService = LokiService | OpenSearchService

/**
 * Of one index, alias or data stream, or a pattern; of another cluster after a colon; excluded after "-". No name begins with "_", as
 * paths of the API do: https://docs.opensearch.org/latest/api-reference/index-apis/create-index/#index-naming-restrictions
 */
const indexName = /^-?(?!_)(?!\.{1,2}$)[a-z0-9.*_+:-]{1,255}$/
/** Without those of OpenSearch itself. */
const allIndices = '*,-.*'

/** Reads what an engine is asked by. Throws INPUT_INVALID. Pure. */
export function readEngine({ kind, service, tenant, index }: LogEngine): EngineService {
  const address = readService(service)
  if (kind === 'opensearch') {
    if (tenant !== undefined) throw new Problem('INPUT_INVALID', 'OpenSearch has no tenants: leave the tenant out.')
    return { ...address, kind, index: readIndex(index) }
  }
  if (index !== undefined) throw new Problem('INPUT_INVALID', 'Loki has no indices: leave the index out.')
  if (tenant === undefined) return { ...address, kind }
  if (!isTenantName(tenant)) throw new Problem('INPUT_INVALID', `"${tenant}" is not the name of a tenant.`)
  return { ...address, kind, tenant }
}

function readIndex(given = allIndices): string {
  const names = given.split(',')
  const isRight = names.every((name) => indexName.test(name)) && !names[0]?.startsWith('-')
  if (isRight) return given
  throw new Problem('INPUT_INVALID', `"${given}" does not name indices, such as container-logs-*.`)
}

/** Reads `NAMESPACE/SERVICE:PORT`, or `NAMESPACE/https:SERVICE:PORT`, as paths of the API server have it. Throws INPUT_INVALID. Pure. */
export function readService(given: string): ServicePort {
  const service = servicePortOf(given)
  if (service !== undefined) return service
  throw new Problem(
    'INPUT_INVALID',
    `"${given}" does not name a service as NAMESPACE/SERVICE:PORT, such as logging/loki:3100. Where it speaks TLS: NAMESPACE/https:SERVICE:PORT.`,
  )
}

/** The path at the API server that leads to the root of the service. Pure. */
export const proxyPath = ({ namespace, name, port, isTls }: ServicePort): string =>
  `/api/v1/namespaces/${namespace}/services/${isTls ? 'https:' : ''}${name}:${port}/proxy`

/** Names what is read of an engine in the store's marks. Pure. */
export const engineMark = (service: EngineService): string =>
  `${service.namespace}/${service.name}:${service.port}/${service.kind === 'loki' ? (service.tenant ?? '') : service.index}`
