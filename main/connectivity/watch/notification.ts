import type { Change } from '../../../preload/contract/connectivity.ts'
import { vantageInSentence } from '../../../preload/vantages.ts'
import { evidence } from '../probe/evidence.ts'

/** The text of a system notification about changes. */
export interface ChangeNotification {
  readonly title: string
  readonly body: string
}

/** Systems show about four lines and cut the rest. */
const linesLimit = 3
const nameLimit = 60

const singular: Readonly<Record<Change['kind'], string>> = {
  broke: 'broke',
  recovered: 'recovered',
  worse: 'is worse',
  better: 'is better',
  'other-cause': 'has another cause',
  added: 'is new',
  removed: 'was removed',
}
const plural: Readonly<Record<Change['kind'], string>> = {
  ...singular,
  recovered: 'recovered',
  worse: 'are worse',
  better: 'are better',
  'other-cause': 'have another cause',
  added: 'are new',
  removed: 'were removed',
}

/** Expects the worst change first. The text contains verdicts, causes and configured names, and nothing that a peer sent. Pure. */
export function notificationOf(
  planeName: string,
  titles: Readonly<Record<string, string>>,
  changes: readonly Change[],
): ChangeNotification {
  const title = ({ endpoint }: Change): string => short(titles[endpoint] ?? endpoint)
  const [first] = changes
  const kinds = [...Map.groupBy(changes, ({ kind }) => kind)]
  const what =
    changes.length === 1 && first !== undefined
      ? `${title(first)} ${singular[first.kind]}`
      : kinds
          .map(([kind, { length }], index) => {
            const noun = index === 0 ? (length === 1 ? ' connection' : ' connections') : ''
            return `${length}${noun} ${length === 1 ? singular[kind] : plural[kind]}`
          })
          .join(', ')
  const lines = changes
    .slice(0, linesLimit)
    .map((change) =>
      changes.length === 1
        ? `From ${vantageInSentence(change.vantage)}: ${change.message}.`
        : `${title(change)}, from ${vantageInSentence(change.vantage)}: ${change.message}.`,
    )
  const more = changes.length - lines.length
  return {
    title: withoutMarkup(evidence(`${short(planeName)}: ${what}`)),
    body: withoutMarkup(evidence(...lines, more > 0 ? `And ${more} more.` : '')),
  }
}

const short = (name: string): string => (name.length <= nameLimit ? name : `${name.slice(0, nameLimit - 1)}…`)

/** Desktops of Linux read the body as markup, with links and images (Desktop Notifications Specification, "Markup"). */
const withoutMarkup = (text: string): string => text.replaceAll('<', '‹').replaceAll('>', '›')
