import { textIn } from './fields.ts'
import type { Rule } from './object.ts'

export const volumeClaim: Rule = ({ status }) => {
  const phase = textIn(status, 'phase') ?? 'Pending'
  if (phase === 'Bound') return { health: 'healthy', reason: 'Bound' }
  if (phase === 'Lost') return { health: 'degraded', reason: 'Its volume was lost' }
  return { health: 'progressing', reason: 'Waiting for a volume' }
}
