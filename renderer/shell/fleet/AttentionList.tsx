import { useMemo } from 'react'
import { t } from '../../strings/t.ts'
import { CutName } from '../../ui/CutName.tsx'
import { Panel } from '../../ui/Panel.tsx'
import { byUrgency, type FleetPlane } from './arrange.ts'
import classes from './Fleet.module.css'
import type { PlaneActions } from './PlaneMenu.tsx'
import { Reasons } from './Reasons.tsx'
import { standingStatus } from './standingStatus.ts'

export interface AttentionListProps {
  readonly planes: readonly FleetPlane[]
  readonly onOpen: PlaneActions['open']
}

const listed = 4

/** The planes that need a person, the worst first, each with its reason and the place that shows it. */
export function AttentionList({ planes, onOpen }: AttentionListProps) {
  const urgent = useMemo(
    () =>
      planes
        .filter(({ standing: { kind } }) => kind === 'failing' || kind === 'unreachable' || kind === 'warning')
        .toSorted(byUrgency),
    [planes],
  )
  if (urgent.length === 0) return null
  return (
    <Panel
      title={t('fleet.attention.title')}
      aside={
        urgent.length > listed && (
          <span className={classes.quiet}>{t('fleet.attention.more', { count: urgent.length - listed })}</span>
        )
      }
    >
      <ul className={classes.urgent}>
        {urgent.slice(0, listed).map(({ plane, standing }) => {
          const { icon: Icon, tone, label } = standingStatus[standing.kind]
          return (
            <li key={plane.id}>
              <button
                type="button"
                className={classes.urgentItem}
                onClick={() => onOpen(plane.id, standing.reasons[0].place)}
              >
                <Icon size={16} aria-hidden className={classes.icon} data-tone={tone} />
                <span className="hidden">{label}</span>
                <span className={classes.urgentName}>
                  <CutName name={plane.name} />
                </span>
              </button>
              <Reasons plane={plane.id} standing={standing} onOpen={onOpen} />
            </li>
          )
        })}
      </ul>
    </Panel>
  )
}
