import { Problem } from '../../../preload/contract/problem.ts'

/** A log engine in the plane's cluster. It is reached by the API server's proxy to its service, as the user. */
export interface EngineService {
  readonly namespace: string
  readonly name: string
  readonly port: number
  /** A Loki of several tenants refuses requests without one. */
  readonly tenant?: string
}

const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** Those of Loki, and `|` between several (https://grafana.com/docs/loki/latest/operations/multi-tenancy/). */
const tenantName = /^[A-Za-z0-9!_.*'()|-]{1,150}$/

/** Reads `NAMESPACE/SERVICE:PORT`. Throws INPUT_INVALID. Pure. */
export function readService(given: string, tenant?: string): EngineService {
  const [namespace = '', name = '', portText = '', ...rest] = given.split(/[/:]/)
  const port = Number(portText)
  const isRight =
    rest.length === 0 &&
    given === `${namespace}/${name}:${portText}` &&
    [namespace, name].every((each) => dnsLabel.test(each)) &&
    /^\d{1,5}$/.test(portText) &&
    port > 0 &&
    port < 65_536
  if (!isRight)
    throw new Problem(
      'INPUT_INVALID',
      `"${given}" does not name a service as NAMESPACE/SERVICE:PORT, such as logging/loki:3100.`,
    )
  if (tenant === undefined) return { namespace, name, port }
  if (!tenantName.test(tenant)) throw new Problem('INPUT_INVALID', `"${tenant}" is not the name of a tenant.`)
  return { namespace, name, port, tenant }
}

/** The path at the API server that leads to the root of the service. Pure. */
export const proxyPath = ({ namespace, name, port }: EngineService): string =>
  `/api/v1/namespaces/${namespace}/services/${name}:${port}/proxy`
