import type { Change, EndpointRow } from '../../../preload/contract/connectivity.ts'
import { vantageInSentence } from '../../../preload/vantages.ts'
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

export const changeStatus = {
  broke: { tone: 'bad', icon: IconCircleX, label: 'Broke' },
  worse: { tone: 'warn', icon: IconArrowDown, label: 'Worse' },
  'other-cause': { tone: 'warn', icon: IconSwap, label: 'Other cause' },
  removed: { tone: 'idle', icon: IconMinus, label: 'Removed' },
  added: { tone: 'idle', icon: IconPlus, label: 'New' },
  better: { tone: 'good', icon: IconArrowUp, label: 'Better' },
  recovered: { tone: 'good', icon: IconCircleCheck, label: 'Recovered' },
} as const satisfies Record<Change['kind'], StatusAppearance>

export const rowTitle = (endpoint: string, rows: readonly EndpointRow[] | undefined): string =>
  rows?.find(({ id }) => id === endpoint)?.title ?? endpoint

/** "Control plane from a pod in demo: passed, now fails". */
export const changeLine = (change: Change, rows: readonly EndpointRow[] | undefined): string =>
  `${rowTitle(change.endpoint, rows)} from ${vantageInSentence(change.vantage)}: ${change.message}`

/** How many of a kind, behind their number. The worst first. */
const countLabels: Readonly<Record<Change['kind'], string>> = {
  broke: 'broke',
  worse: 'worse',
  'other-cause': 'with another cause',
  removed: 'removed',
  added: 'new',
  better: 'better',
  recovered: 'recovered',
}

/** "2 broke, 1 mended", the worst first; for a title. */
export function changeCounts(changes: readonly Change[]): string {
  const kinds = Object.keys(countLabels) as Change['kind'][] // the keys of a Record of these
  return kinds
    .map((kind) => [changes.filter((change) => change.kind === kind).length, countLabels[kind]] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')
}
