import { fieldsIn, listIn, textIn } from './fields.ts'
import type { Rule } from './object.ts'

/** Expressions that do not fit the type of what they check: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#type-checking */
export const admissionPolicy: Rule = ({ metadata, status }) => {
  const [warning] = listIn(fieldsIn(status, 'typeChecking'), 'expressionWarnings')
  if (warning === undefined) return { health: 'healthy', reason: 'Exists', since: metadata.creationTimestamp }
  const reason = `${textIn(warning, 'fieldRef') ?? '?'}: ${textIn(warning, 'warning') ?? ''}`
  return { health: 'degraded', reason }
}
