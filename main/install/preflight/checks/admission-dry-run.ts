import type { DryRun } from '../../observe/dry-runs.ts'
import { nameOf } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'

const lineOf = ({ namespace, object, message }: DryRun): string =>
  `${object.kind} ${namespace}/${nameOf(object)}: ${message.replaceAll(/\s+/g, ' ')}`

function hintFor(messages: readonly string[]): string {
  if (messages.some((message) => /failed calling webhook/.test(message)))
    return 'A webhook does not answer: start its server, or delete its configuration if its owner is gone.'
  if (messages.some((message) => /field not declared in schema|unknown field/.test(message)))
    return 'The definition in the cluster is older than the object. Update it: see the check crd.versions.'
  if (messages.some((message) => /field is immutable/.test(message)))
    return 'A field that cannot change differs: the object has to be deleted and created again.'
  return 'Change the values so that the policy or the schema admits the object, or ask the owner of the policy for an exception.'
}

/** Pure. */
export function compareDryRuns(dryRuns: readonly DryRun[]): CheckOutcome {
  const of = (...outcomes: readonly DryRun['outcome'][]) => dryRuns.filter(({ outcome }) => outcomes.includes(outcome))
  const asked = of('accepted', 'conflict', 'refused', 'immutable')
  const refused = of('refused')
  if (refused.length > 0) {
    const lines = refused.map(lineOf)
    return {
      verdict: 'fail',
      message: `The API server refuses ${refused.length} of ${asked.length} objects: ${summary(lines, 2)}`,
      hint: hintFor(lines),
      evidence: lines.join('\n'),
    }
  }
  const immutable = of('immutable').map(lineOf)
  if (immutable.length > 0) {
    return {
      verdict: 'warn',
      message: `Fields that cannot change differ in ${immutable.length} of ${asked.length} objects: ${summary(immutable, 2)}`,
      hint: 'The plan deletes these objects and creates them again, each with your consent.',
      evidence: immutable.join('\n'),
    }
  }
  const unclear = of('not-supported', 'not-permitted')
  if (unclear.length > 0) {
    return {
      verdict: 'unknown',
      message: `${unclear.length} of ${dryRuns.length} objects could not be asked for by a dry run.`,
      hint: 'The evidence has the reason: a missing permission, or a webhook that does not support dry runs.',
      evidence: unclear.map(lineOf).join('\n'),
    }
  }
  if (asked.length === 0) return skipped('The namespaces of the plane do not exist yet, so no object can be asked for.')
  const waiting = of('namespace-absent').length
  const rest = waiting === 0 ? '' : ` ${waiting} more are in namespaces that do not exist yet.`
  return pass(`The API server admits ${asked.length} objects by a dry run.${rest}`)
}

export const admissionDryRun = defineCheck({
  id: 'admission.dry-run',
  title: 'Admission of objects',
  category: 'admission',
  severity: 'strict',
  needs: ['dryRuns'],
  about:
    'Sends each rendered object as a server-side dry run, as helm would apply it. The API server validates it, asks webhooks and policies, and stores nothing. Objects in namespaces that do not exist yet cannot be asked for.',
  remedy:
    'The evidence has the answer of the API server, the webhook or the policy. Policies of Gatekeeper, Kyverno, Azure Policy for AKS and Policy Controller of GKE name the constraint that is violated.',
  decide: ({ dryRuns }) => compareDryRuns(dryRuns),
})
