import { fieldsIn, textIn } from './fields.ts'
import type { Rule } from './object.ts'

/** The operator's error when it allocates addresses, in `status.ipam.operator-status`: https://docs.cilium.io/en/stable/network/concepts/ipam/crd/ */
export const ciliumNode: Rule = ({ status }) => {
  const error = textIn(fieldsIn(fieldsIn(status, 'ipam'), 'operator-status'), 'error')
  return error === undefined ? undefined : { health: 'degraded', reason: `Addresses: ${error}` }
}
