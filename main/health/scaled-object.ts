import { fieldsIn, isFields, numberIn } from './fields.ts'
import type { Rule } from './object.ts'

/** A single failure to read a trigger is usual. */
const failuresUntilDegraded = 3

/** A trigger that cannot be read scales nothing, though KEDA says Ready: https://keda.sh/docs/latest/reference/scaledobject-spec/#fallback */
export const scaledObject: Rule = ({ status }) => {
  for (const [trigger, health] of Object.entries(fieldsIn(status, 'health'))) {
    const failures = isFields(health) && health.status === 'Failing' ? (numberIn(health, 'numberOfFailures') ?? 0) : 0
    if (failures >= failuresUntilDegraded)
      return { health: 'degraded', reason: `Trigger ${trigger} failed ${failures} times` }
  }
  return undefined
}
