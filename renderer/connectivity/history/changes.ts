import type { Change, EndpointRow } from '../../../preload/contract/connectivity.ts'
import { vantageInSentence } from '../../../preload/vantages.ts'
import { t } from '../../strings/t.ts'
import {
  IconArrowDown,
  IconArrowUp,
  IconCircleCheck,
  IconCircleX,
  IconMinus,
  IconPlus,
  IconSwap,
} from '../../ui/icons.ts'
import type { StatusAppearance } from '../../ui/Status.tsx'
import { rowTitle } from '../rowTitle.ts'

/** The worst first. */
export const changeStatus = {
  broke: { tone: 'bad', icon: IconCircleX, label: t('connectivity.change.label.broke') },
  worse: { tone: 'warn', icon: IconArrowDown, label: t('connectivity.change.label.worse') },
  'other-cause': { tone: 'warn', icon: IconSwap, label: t('connectivity.change.label.other-cause') },
  removed: { tone: 'idle', icon: IconMinus, label: t('connectivity.change.label.removed') },
  added: { tone: 'idle', icon: IconPlus, label: t('connectivity.change.label.added') },
  better: { tone: 'good', icon: IconArrowUp, label: t('connectivity.change.label.better') },
  recovered: { tone: 'good', icon: IconCircleCheck, label: t('connectivity.change.label.recovered') },
} as const satisfies Record<Change['kind'], StatusAppearance>

/** "Control plane from a pod in demo: passed, now fails". */
export const changeLine = (change: Change, rows: readonly EndpointRow[] | undefined): string =>
  t('connectivity.change.line', {
    title: rowTitle(change.endpoint, rows),
    vantage: vantageInSentence(change.vantage),
    change: change.message,
  })

/** "2 failed, 1 recovered", the worst first; for a title. */
export function changeCounts(changes: readonly Change[]): string {
  const kinds = Object.keys(changeStatus) as Change['kind'][] // the keys of a Record of these
  return kinds
    .map((kind) => [kind, changes.filter((change) => change.kind === kind).length] as const)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => t(`connectivity.change.count.${kind}`, { count }))
    .join(', ')
}
