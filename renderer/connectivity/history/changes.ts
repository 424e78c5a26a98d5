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
import type { StatusLook } from '../../ui/Status.tsx'

export const changeLook = {
  broke: { tone: 'bad', icon: IconCircleX, word: 'Broke' },
  worse: { tone: 'warn', icon: IconArrowDown, word: 'Worse' },
  'other-cause': { tone: 'warn', icon: IconSwap, word: 'Other cause' },
  removed: { tone: 'idle', icon: IconMinus, word: 'Removed' },
  added: { tone: 'idle', icon: IconPlus, word: 'New' },
  better: { tone: 'good', icon: IconArrowUp, word: 'Better' },
  recovered: { tone: 'good', icon: IconCircleCheck, word: 'Recovered' },
} as const satisfies Record<Change['kind'], StatusLook>

export const rowTitle = (endpoint: string, rows: readonly EndpointRow[] | undefined): string =>
  rows?.find(({ id }) => id === endpoint)?.title ?? endpoint

/** "Control plane from a pod in demo: passed, now fails". */
export const changeLine = (change: Change, rows: readonly EndpointRow[] | undefined): string =>
  `${rowTitle(change.endpoint, rows)} from ${vantageInSentence(change.vantage)}: ${change.message}`

/** How many of a kind, behind their number. The worst first. */
const countWords: Readonly<Record<Change['kind'], string>> = {
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
  const kinds = Object.keys(countWords) as Change['kind'][] // the keys of a Record of these
  return kinds
    .map((kind) => [changes.filter((change) => change.kind === kind).length, countWords[kind]] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')
}
