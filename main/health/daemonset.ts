import { countIn, fieldsIn, numberIn } from './fields.ts'
import type { Rule } from './object.ts'

/** kstatus' DaemonSet: it has to say which generation its counts are of. */
export const daemonSet: Rule = ({ metadata, spec, status }) => {
  if (metadata.generation === undefined || numberIn(status, 'observedGeneration') === undefined) {
    return { health: 'progressing', reason: 'Its controller has not looked at it yet' }
  }
  const wanted = countIn(status, 'desiredNumberScheduled')
  const rolls = fieldsIn(spec, 'updateStrategy').type !== 'OnDelete'
  const counts = [
    ['made', countIn(status, 'currentNumberScheduled')],
    // With OnDelete, being behind is what was asked for.
    ['updated', rolls ? countIn(status, 'updatedNumberScheduled') : wanted],
    ['available', countIn(status, 'numberAvailable')],
    ['ready', countIn(status, 'numberReady')],
  ] as const
  const short = counts.find(([, done]) => done < wanted)
  return short === undefined
    ? { health: 'healthy', reason: `Ready on ${wanted} nodes` }
    : { health: 'progressing', reason: `${short[0]} on ${short[1]} of ${wanted} nodes` }
}
