import { countIn, fieldsIn, numberIn } from './fields.ts'
import type { Rule } from './object.ts'

/** As in kstatus: counts are valid only with an observed generation. */
export const daemonSet: Rule = ({ spec, status }) => {
  const desired = numberIn(status, 'desiredNumberScheduled')
  if (desired === undefined || numberIn(status, 'observedGeneration') === undefined) {
    return { health: 'progressing', reason: 'Its controller has not observed it yet' }
  }
  const rolls = fieldsIn(spec, 'updateStrategy').type !== 'OnDelete'
  const counts = [
    ['created', countIn(status, 'currentNumberScheduled')],
    // With OnDelete, outdated pods are intended.
    ['updated', rolls ? countIn(status, 'updatedNumberScheduled') : desired],
    ['available', countIn(status, 'numberAvailable')],
    ['ready', countIn(status, 'numberReady')],
  ] as const
  const short = counts.find(([, done]) => done < desired)
  return short === undefined
    ? { health: 'healthy', reason: `Ready on ${desired} nodes` }
    : { health: 'progressing', reason: `${short[0]} on ${short[1]} of ${desired} nodes` }
}
