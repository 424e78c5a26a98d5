import { type Condition, conditionsOf, degradedBy } from './conditions.ts'
import { type Fields, fieldsIn, listIn, numberIn, textIn } from './fields.ts'
import type { Rule } from './object.ts'

/** As in Argo CD: a load balancer needs an external address. For kstatus a cluster address is enough. */
export const service: Rule = ({ spec, status }) => {
  const type = textIn(spec, 'type') ?? 'ClusterIP'
  if (type === 'ExternalName') return { health: 'healthy', reason: `Alias of ${textIn(spec, 'externalName') ?? '?'}` }
  if (type === 'LoadBalancer') {
    const refused = refusedAddress(conditionsOf(status))
    if (refused !== undefined) return degradedBy(refused)
    const [first] = listIn(fieldsIn(status, 'loadBalancer'), 'ingress')
    const address = textIn(first, 'ip') ?? textIn(first, 'hostname')
    const portError = portErrorIn(status)
    if (portError !== undefined) return { health: 'degraded', reason: portError }
    return first === undefined
      ? { health: 'progressing', reason: 'Waiting for an external address' }
      : { health: 'healthy', reason: `At ${address ?? 'an external address'}` }
  }
  const address = textIn(spec, 'clusterIP')
  if (address === undefined && type === 'NodePort') return { health: 'healthy', reason: 'At a port of each node' }
  if (address === undefined && spec !== undefined)
    return { health: 'progressing', reason: 'Waiting for a cluster address' }
  if (address === undefined) return { health: 'healthy', reason: 'Exists' }
  return { health: 'healthy', reason: address === 'None' ? 'Headless' : `At ${address}` }
}

/** A port that the cloud provider could not open: `PortStatus` of the API. */
export function portErrorIn(status: Fields | undefined): string | undefined {
  const ports = listIn(fieldsIn(status, 'loadBalancer'), 'ingress').flatMap((address) => listIn(address, 'ports'))
  const wrong = ports.find((port) => textIn(port, 'error') !== undefined)
  return wrong && `Port ${numberIn(wrong, 'port') ?? '?'}: ${textIn(wrong, 'error')}`
}

/** By the cloud provider (`ServiceCondition` of the API), or by Cilium: https://docs.cilium.io/en/stable/network/lb-ipam/#conditions */
function refusedAddress(conditions: ReadonlyMap<string, Condition>): Condition | undefined {
  const ports = conditions.get('LoadBalancerPortsError')
  if (ports?.status === 'True') return ports
  return ['cilium.io/IPAMRequestSatisfied', 'io.cilium/lb-ipam-request-satisfied']
    .map((type) => conditions.get(type))
    .find((condition) => condition?.status === 'False')
}
