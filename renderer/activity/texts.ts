import type { ActivityEntry } from '../../preload/contract/activity.ts'
import { verdictsWorstFirst } from '../../preload/verdicts.ts'
import { t } from '../strings/t.ts'
import { IconInfo } from '../ui/icons.ts'
import { healthStatus, operationStatus, type StatusAppearance, verdictStatus } from '../ui/Status.tsx'

export const outcomeStatus = {
  failed: { ...verdictStatus.fail, label: t('activity.outcome.failed') },
  warning: { ...verdictStatus.warn, label: t('activity.outcome.warning') },
  running: { ...operationStatus.running, label: t('activity.outcome.running') },
  ok: { ...verdictStatus.pass, label: t('activity.outcome.ok') },
  info: { tone: 'idle', icon: IconInfo, label: t('activity.outcome.info') },
} as const satisfies Record<ActivityEntry['outcome'], StatusAppearance>

/** What happened, as a title. */
export function titleOf(entry: ActivityEntry): string {
  switch (entry.kind) {
    case 'check':
    case 'watch':
      return t(`activity.${entry.kind}`)
    case 'operation':
      return entry.title
    case 'health':
      return t('activity.health', { component: entry.title, health: healthStatus[entry.to].label.toLowerCase() })
    case 'cluster':
      return t(entry.reachable ? 'activity.clusterBack' : 'activity.clusterAway')
    case 'profile':
      return t(`activity.profile.${entry.action}`, { profile: entry.profile })
  }
}

/** What is known of it beside the title; empty: nothing. */
export function aboutOf(entry: ActivityEntry): string {
  switch (entry.kind) {
    case 'check':
    case 'watch': {
      const counts = verdictsWorstFirst.flatMap((verdict) => {
        const count = entry.counts[verdict] ?? 0
        return count === 0 ? [] : [t(`activity.counts.${verdict}`, { count })]
      })
      const parts = counts.length === 0 ? [t('activity.noResults')] : counts
      return [...parts, ...(entry.verified ? [] : [t('activity.unverifiedRun')])].join(', ')
    }
    case 'operation':
      return ''
    case 'health': {
      const before = t('activity.healthBefore', { health: healthStatus[entry.from].label.toLowerCase() })
      return [...(entry.reason === '' ? [] : [entry.reason]), before].join('; ')
    }
    case 'cluster':
      return entry.message
    case 'profile':
      return ''
  }
}

/** All texts of an entry, for the search. */
export function wordsOf(entry: ActivityEntry, planeName: string | undefined): string {
  const parts = entry.kind === 'profile' ? entry.parts.map(({ path }) => path) : []
  return [titleOf(entry), aboutOf(entry), planeName ?? '', t(`activity.kind.${entry.kind}`), ...parts].join('\n')
}
