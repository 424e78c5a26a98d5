/** The service of a log engine in a cluster. */
export interface ServicePort {
  readonly namespace: string
  readonly name: string
  readonly port: number
}

const dnsLabel = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
/** Those of Loki, and `|` between several (https://grafana.com/docs/loki/latest/operations/multi-tenancy/). */
const tenantName = /^[A-Za-z0-9!_.*'()|-]{1,150}$/

/** Reads `NAMESPACE/SERVICE:PORT`; undefined for any other text. Pure. */
export function servicePortOf(given: string): ServicePort | undefined {
  const [namespace = '', name = '', portText = '', ...rest] = given.split(/[/:]/)
  const port = Number(portText)
  const isRight =
    rest.length === 0 &&
    given === `${namespace}/${name}:${portText}` &&
    [namespace, name].every((each) => dnsLabel.test(each)) &&
    /^\d{1,5}$/.test(portText) &&
    port > 0 &&
    port < 65_536
  return isRight ? { namespace, name, port } : undefined
}

/** Pure. */
export const isTenantName = (given: string): boolean => tenantName.test(given)
