import { fieldsIn, listIn, textIn } from './fields.ts'
import type { Rule } from './object.ts'

/** Argo's Service: a load balancer without an address serves nobody, whatever its cluster address (kstatus' rule). */
export const service: Rule = ({ spec, status }) => {
  const type = textIn(spec, 'type') ?? 'ClusterIP'
  if (type === 'ExternalName') return { health: 'healthy', reason: `Stands for ${textIn(spec, 'externalName') ?? '?'}` }
  if (type === 'LoadBalancer') {
    const [first] = listIn(fieldsIn(status, 'loadBalancer'), 'ingress')
    const address = textIn(first, 'ip') ?? textIn(first, 'hostname')
    return first === undefined
      ? { health: 'progressing', reason: 'Waiting for an external address' }
      : { health: 'healthy', reason: `At ${address ?? 'an external address'}` }
  }
  const address = textIn(spec, 'clusterIP')
  if (address === undefined) return { health: 'progressing', reason: 'Waiting for a cluster address' }
  return { health: 'healthy', reason: address === 'None' ? 'Without an address, by its design' : `At ${address}` }
}
