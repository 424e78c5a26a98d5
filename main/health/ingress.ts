import { fieldsIn, listIn, textIn } from './fields.ts'
import type { Rule } from './object.ts'
import { portErrorIn } from './service.ts'

/** As in Argo CD. Without a limit: some controllers never report an address. */
export const ingress: Rule = ({ status }) => {
  const [first] = listIn(fieldsIn(status, 'loadBalancer'), 'ingress')
  if (first === undefined) return { health: 'progressing', reason: 'Waiting for an external address' }
  const portError = portErrorIn(status)
  if (portError !== undefined) return { health: 'degraded', reason: portError }
  const address = textIn(first, 'ip') ?? textIn(first, 'hostname') ?? 'an external address'
  return { health: 'healthy', reason: `At ${address}` }
}
