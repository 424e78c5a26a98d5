import { useMemo } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../../preload/contract/planes.ts'
import { settledMatrix } from '../../connectivity/store.ts'
import { latestOperation } from '../../operations/store.ts'
import { planePhase } from '../../planes/phase.ts'
import { t } from '../../strings/t.ts'
import { IconAlert, IconCircleX, IconPause } from '../../ui/icons.ts'
import { Panel } from '../../ui/Panel.tsx'
import { Ago } from '../../ui/Time.tsx'
import { useNow } from '../../ui/useNow.ts'
import type { PlaneTab } from '../address.ts'
import { useSession } from '../sessionContext.ts'
import { attentionItems, type Detail } from './attention.ts'
import { recentChanges } from './changes.ts'
import classes from './Overview.module.css'
import { useShownComponents } from './useShownComponents.ts'

const icons = { bad: IconCircleX, warn: IconAlert, idle: IconPause } as const
const listedItems = 6
const listedChanges = 6

interface AttentionProps {
  readonly plane: Plane
  readonly onOpen: (detail: Detail) => void
  readonly onTab: (tab: PlaneTab) => void
}

export function AttentionPanel({ plane, onOpen, onTab }: AttentionProps) {
  const { connectivity, logs } = useSession()
  const components = useShownComponents(plane)
  const matrix = useStore(connectivity, settledMatrix)
  const rows = useStore(connectivity, (state) => state.rows)
  const sources = useStore(logs, (state) => state.status?.sources)
  const items = useMemo(
    () => attentionItems(components ?? [], rows ?? [], matrix, sources),
    [components, rows, matrix, sources],
  )
  return (
    <Panel title={t('overview.attention.title')}>
      {items.length === 0 && <span className={classes.quiet}>{t('overview.attention.none')}</span>}
      <ul className={classes.items}>
        {items.slice(0, listedItems).map(({ key, tone, title, note, opens }) => {
          const Icon = icons[tone]
          return (
            <li key={key}>
              <button
                type="button"
                className={classes.item}
                data-tone={tone}
                onClick={() => (opens === 'logs' ? onTab(opens) : onOpen(opens))}
              >
                <Icon size={16} aria-hidden />
                <span className={classes.itemText}>
                  <span className={classes.itemTitle}>{title}</span>
                  <span className={classes.note}>{note}</span>
                </span>
              </button>
            </li>
          )
        })}
      </ul>
      {items.length > listedItems && (
        <span className={classes.quiet}>{t('overview.attention.more', { count: items.length - listedItems })}</span>
      )}
    </Panel>
  )
}

export function ChangesPanel({ plane }: { readonly plane: Plane }) {
  const session = useSession()
  const now = useNow()
  const components = useShownComponents(plane)
  const runs = useStore(session.connectivity, (state) => state.runs)
  const operations = useStore(session.operations, (state) => state.operations)
  const phase = planePhase(plane, useStore(session.operations, latestOperation(plane.id, ['install', 'uninstall'])))
  const own = useMemo(() => operations?.filter((each) => each.planeId === plane.id) ?? [], [operations, plane.id])
  const changes = recentChanges(
    { components: phase === 'uninstalled' ? [] : (components ?? []), runs, operations: own },
    now,
    listedChanges,
  )
  return (
    <Panel title={t('overview.changes.title')}>
      {changes.length === 0 && <span className={classes.quiet}>{t('overview.changes.none')}</span>}
      <ul className={classes.items}>
        {changes.map(({ key, at, text, appearance: { icon: Icon, tone } }) => (
          <li key={key} className={classes.item} data-tone={tone}>
            <Icon size={16} aria-hidden />
            <span className={classes.itemText}>{text}</span>
            <span className={classes.when}>
              <Ago at={at} />
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  )
}
