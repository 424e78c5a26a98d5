/** The service of a log engine in a cluster. */
export interface ServicePort {
  readonly namespace: string
  readonly name: string
  readonly port: number
  /** Whether the API server speaks TLS to it. It does not check the certificate. */
  readonly isTls: boolean
}

const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
/** Those of Loki, and `|` between several (https://grafana.com/docs/loki/latest/operations/multi-tenancy/). */
const tenantName = /^[A-Za-z0-9!_.*'()|-]{1,150}$/

/** Reads `NAMESPACE/SERVICE:PORT`, or `NAMESPACE/https:SERVICE:PORT`; undefined for any other text. Pure. */
export function servicePortOf(given: string): ServicePort | undefined {
  const [, namespace = '', scheme, name = '', portText = ''] =
    /^([^/:]+)\/(https:)?([^/:]+):(\d{1,5})$/.exec(given) ?? []
  const port = Number(portText)
  const isRight = [namespace, name].every((each) => dnsLabel.test(each)) && port > 0 && port < 65_536
  return isRight ? { namespace, name, port, isTls: scheme !== undefined } : undefined
}

/** Pure. */
export const isTenantName = (given: string): boolean => tenantName.test(given)
