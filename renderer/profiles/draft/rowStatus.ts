import { t } from '../../strings/t.ts'
import { IconAlert, IconCircleDashed } from '../../ui/icons.ts'
import { type StatusAppearance, stepStatus } from '../../ui/Status.tsx'
import type { Decision, ReviewRow } from './review.ts'

const guessStatus = (label: string): StatusAppearance => ({ tone: 'warn', icon: IconAlert, label })
const openStatus = (label: string): StatusAppearance => ({ tone: 'idle', icon: IconCircleDashed, label })

/** The decision; without one, how sure the proposal is. */
export function statusOfRow({ confidence, change }: ReviewRow, decision: Decision | undefined): StatusAppearance {
  if (decision !== undefined)
    return {
      ...(decision === 'confirmed' ? stepStatus.done : stepStatus.skipped),
      label: t(`vendor.${change === undefined ? 'decision' : 'decisionUpdate'}.${decision}`),
    }
  if (change === 'missing') return guessStatus(t('vendor.removal'))
  const label = t(`vendor.confidence.${confidence}`)
  return confidence === 'guess' ? guessStatus(label) : openStatus(label)
}
