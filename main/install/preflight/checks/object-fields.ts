import type { DryRun } from '../../observe/dry-runs.ts'
import { nameOf } from '../../observe/kubernetes-object.ts'
import { type CheckOutcome, defineCheck, pass, skipped, summary } from '../check.ts'

/** Pure. */
export function compareFieldOwners(dryRuns: readonly DryRun[]): CheckOutcome {
  if (dryRuns.length === 0) return skipped('No object can be asked for yet.')
  const conflicts = dryRuns
    .filter(({ outcome }) => outcome === 'conflict')
    .map(
      ({ namespace, object, message }) =>
        `${object.kind} ${namespace}/${nameOf(object)}: ${message.replaceAll(/\s+/g, ' ')}`,
    )
  if (conflicts.length === 0) return pass('No field of the charts is owned by another manager.')
  return {
    verdict: 'warn',
    message: `Fields of ${conflicts.length} objects belong to another manager: ${summary(conflicts, 2)}.`,
    hint: 'The manager in the evidence (kubectl, an autoscaler, a controller) owns the field, and helm ends with a conflict. Leave the field out of the values, or let its manager give it up.',
    evidence: conflicts.join('\n'),
  }
}

export const objectFields = defineCheck({
  id: 'object.fields',
  title: 'Owners of fields',
  category: 'ownership',
  severity: 'warn',
  needs: ['dryRuns'],
  about:
    'Server-side apply records who set each field. Asks by a dry run, in the name of helm, for a conflict with another manager, such as `kubectl scale` or an autoscaler that set `spec.replicas`.',
  remedy:
    'A field that an autoscaler sets (`replicas`) is left out of the chart’s values. A change by hand is taken back by the same manager: `kubectl apply --server-side --field-manager=NAME` without the field.',
  decide: ({ dryRuns }) => compareFieldOwners(dryRuns),
})
