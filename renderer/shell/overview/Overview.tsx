import { Button } from '@mantine/core'
import { Suspense, useContext } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../../preload/contract/planes.ts'
import { vantagesText } from '../../connectivity/details/differences.ts'
import { failedEndpoints, matrixCounts } from '../../connectivity/matrix/matrix.ts'
import { rowTitle } from '../../connectivity/rowTitle.ts'
import { settledMatrix } from '../../connectivity/store.ts'
import { latestOperation } from '../../operations/store.ts'
import { ForgetPlane } from '../../planes/ForgetPlane.tsx'
import { nextStep } from '../../planes/nextStep.ts'
import { isOpen, planePhase } from '../../planes/phase.ts'
import { Rich } from '../../strings/Rich.tsx'
import { t } from '../../strings/t.ts'
import { IconRefresh, IconStop } from '../../ui/icons.ts'
import { KpiTile } from '../../ui/KpiTile.tsx'
import { lazyView } from '../../ui/lazyView.tsx'
import { ReadOnlyContext } from '../../ui/readOnly.ts'
import { Ago } from '../../ui/Time.tsx'
import { useTimeFormat } from '../../ui/timeFormat.ts'
import { useNow } from '../../ui/useNow.ts'
import { VerdictBanner } from '../../ui/VerdictBanner.tsx'
import { unhealthyCount } from '../../workloads/health.ts'
import { shownState } from '../../workloads/store.ts'
import type { PlaneTab } from '../address.ts'
import { useSession } from '../sessionContext.ts'
import type { Detail } from './attention.ts'
import { MapSkeleton } from './MapSkeleton.tsx'
import classes from './Overview.module.css'
import { AttentionPanel, ChangesPanel } from './SidePanels.tsx'
import { usePlaneGraph } from './usePlaneGraph.ts'
import { useShownComponents } from './useShownComponents.ts'
import { type OpenState, overviewVerdict } from './verdict.ts'

export const MapPanel = lazyView(() => import('./MapPanel.tsx').then((file) => file.MapPanel))
export const DetailDrawer = lazyView(() => import('./DetailDrawer.tsx').then((file) => file.DetailDrawer))

export interface OverviewProps {
  readonly plane: Plane
  /** What the drawer shows; undefined: it is closed. */
  readonly detail: Detail | undefined
  readonly onTab: (tab: PlaneTab) => void
  readonly onDetail: (detail: Detail) => void
  readonly onCloseDetail: () => void
}

/** A plane on one page: its verdict, its map, and what needs a person. */
export function Overview({ plane, detail, onTab, onDetail, onCloseDetail }: OverviewProps) {
  const { operations } = useSession()
  const operation = useStore(operations, latestOperation(plane.id, ['install', 'uninstall']))
  const phase = planePhase(plane, operation)
  const graph = usePlaneGraph(plane)
  // What was last known of an uninstalled plane is not its state.
  if (phase === 'uninstalled' && !isOpen(operation))
    return (
      <div className={classes.overview}>
        <Verdict plane={plane} onTab={onTab} />
        <ChangesPanel plane={plane} />
      </div>
    )
  // Shown as a whole, so that what is below does not move when a part arrives.
  if (graph === undefined) return <OverviewSkeleton />
  return (
    <div className={classes.overview}>
      <Verdict plane={plane} onTab={onTab} />
      <Figures plane={plane} />
      {/* What a person has to see comes before the map, for screen readers and in narrow windows, too. */}
      <div className={classes.columns}>
        <div className={classes.attention}>
          <AttentionPanel plane={plane} onOpen={onDetail} onTab={onTab} />
        </div>
        <div className={classes.map}>
          <Suspense fallback={<MapSkeleton />}>
            <MapPanel plane={plane.name} contextName={plane.contextName} graph={graph} onOpen={onDetail} />
          </Suspense>
        </div>
        <div className={classes.changes}>
          <ChangesPanel plane={plane} />
        </div>
      </div>
      <Suspense>
        {detail !== undefined && (
          <DetailDrawer
            key={`${detail.kind}/${detail.id}`}
            plane={plane}
            graph={graph}
            detail={detail}
            onOpen={onDetail}
            onTab={onTab}
            onClose={onCloseDetail}
          />
        )}
      </Suspense>
    </div>
  )
}

const OverviewSkeleton = () => (
  <div className={classes.overview}>
    <div className={classes.bannerSpace} />
    <MapSkeleton />
  </div>
)

const isOpenState = (state: string): state is OpenState =>
  state === 'running' || state === 'interrupted' || state === 'failed'

function Verdict({ plane, onTab }: Pick<OverviewProps, 'plane' | 'onTab'>) {
  const session = useSession()
  const now = useNow()
  const operation = useStore(session.operations, latestOperation(plane.id, ['install', 'uninstall']))
  const snapshot = useStore(session.workloads, (state) => state.snapshot)
  const components = useShownComponents(plane)
  const problem = useStore(session.workloads, (state) => state.problem)
  const matrix = useStore(session.connectivity, settledMatrix)
  const rows = useStore(session.connectivity, (state) => state.rows)
  const collecting = useStore(session.logs, (state) => state.status?.collecting ?? false)
  const go = useStore(session.route, (state) => state.go)
  const onProblem = useStore(session.notices, (state) => state.show)
  const format = useTimeFormat()
  const readOnly = useContext(ReadOnlyContext)
  const phase = planePhase(plane, operation)
  const connection = snapshot && shownState(snapshot.connection)
  const failed = failedEndpoints(matrix)
  const { tone, text } = overviewVerdict(
    {
      phase,
      contextName: plane.contextName,
      operation:
        operation !== undefined && operation.kind !== 'collect' && isOpenState(operation.state)
          ? { kind: operation.kind, state: operation.state, why: operation.problem?.message ?? '' }
          : undefined,
      connection: problem === undefined ? connection : 'refused',
      connectionReason: (problem ?? snapshot?.connection.problem)?.message ?? '',
      asOf: snapshot?.asOf ?? null,
      components: components ?? [],
      failed: failed.map((endpoint) => rowTitle(endpoint, rows)),
      checked: matrix.startedAt === undefined ? 0 : Object.keys(matrix.cells).length,
    },
    now,
    format,
  )
  const step = nextStep({
    phase,
    operation,
    connection,
    unhealthy: unhealthyCount(components ?? []),
    failedEndpoints: matrix.startedAt === undefined ? undefined : failed.length,
    collecting,
  })
  return (
    <VerdictBanner
      tone={tone}
      verdict={text}
      basis={
        phase === 'uninstalled' ? undefined : (
          <Basis
            asOf={snapshot?.asOf ?? null}
            live={connection === 'live' && !readOnly}
            advice={(problem ?? snapshot?.connection.problem)?.hint ?? ''}
          />
        )
      }
      actions={
        <>
          {step !== undefined && (
            <Button onClick={() => onTab(step.tab)}>{t(`planes.nextStep.${step.id}.action`)}</Button>
          )}
          {phase === 'uninstalled' && !isOpen(operation) ? (
            <ForgetPlane
              plane={plane}
              store={session.planes}
              onProblem={onProblem}
              onForgotten={() => go({ view: 'home' })}
            />
          ) : (
            !readOnly && <CheckConnections />
          )}
        </>
      }
    />
  )
}

/** Of both texts: the sentence beside it does not wrap anew. */
const checkWidthPx = 152

function CheckConnections() {
  const { connectivity } = useSession()
  const running = useStore(connectivity, (state) => state.running)
  const loaded = useStore(connectivity, (state) => state.rows !== undefined && state.rows.length > 0)
  const { run, stop } = connectivity.getState()
  return running ? (
    <Button variant="default" miw={checkWidthPx} leftSection={<IconStop size={14} aria-hidden />} onClick={stop}>
      {t('overview.stop')}
    </Button>
  ) : (
    <Button
      variant="default"
      miw={checkWidthPx}
      leftSection={<IconRefresh size={14} aria-hidden />}
      disabled={!loaded}
      onClick={() => void run()}
    >
      {t('overview.check')}
    </Button>
  )
}

interface BasisProps {
  readonly asOf: string | null
  readonly live: boolean
  /** What to do about a cluster that cannot be read. */
  readonly advice: string
}

/** What to do, then what the verdict is based on: when, and from where. */
function Basis({ asOf, live, advice }: BasisProps) {
  const { connectivity } = useSession()
  const matrix = useStore(connectivity, (state) => state.matrix)
  const running = useStore(connectivity, (state) => state.running)
  const health = live ? (
    t('overview.basis.live')
  ) : asOf === null ? undefined : (
    <Rich message="overview.basis.stale" values={{ ago: <Ago key="ago" at={asOf} /> }} />
  )
  return (
    <>
      {advice} {health}{' '}
      {running
        ? t('overview.basis.checking')
        : matrix.startedAt !== undefined && (
            <Rich
              message="overview.basis.checked"
              values={{ ago: <Ago key="ago" at={matrix.startedAt} />, vantages: vantagesText(matrix.vantages) }}
            />
          )}
    </>
  )
}

/** Runs of the sparkline. */
const trendRuns = 20

function Figures({ plane }: Pick<OverviewProps, 'plane'>) {
  const { connectivity, logs } = useSession()
  const components = useShownComponents(plane) ?? []
  const matrix = useStore(connectivity, settledMatrix)
  const runs = useStore(connectivity, (state) => state.runs)
  const status = useStore(logs, (state) => state.status)
  const healthy = components.filter(({ health }) => health === 'healthy').length
  const known = components.some(({ health }) => health !== 'unknown' && health !== 'absent')
  const absent = components.some(({ health }) => health === 'absent')
  const unhealthy = unhealthyCount(components)
  const counts = matrixCounts(matrix)
  const checked = matrix.startedAt !== undefined
  const judged = counts.pass + counts.warn + counts.fail + counts.unknown
  const trend = runs.slice(0, trendRuns).map((run) => run.counts.fail)
  return (
    <div className={classes.figures}>
      <KpiTile
        title={t('overview.kpi.components')}
        figure={
          !known ? (
            t('overview.kpi.none')
          ) : (
            <Rich message="overview.kpi.of" values={{ count: healthy, total: components.length }} />
          )
        }
        note={
          !known
            ? t(absent ? 'overview.kpi.notInstalled' : 'overview.kpi.noHealth')
            : unhealthy === 0 && absent
              ? t('overview.kpi.someAbsent', { count: components.filter(({ health }) => health === 'absent').length })
              : unhealthy === 0
                ? t('overview.kpi.allHealthy')
                : t('overview.kpi.unhealthy', { count: unhealthy })
        }
      />
      <KpiTile
        title={t('overview.kpi.connections')}
        figure={
          checked ? (
            <Rich message="overview.kpi.of" values={{ count: counts.pass + counts.warn, total: judged }} />
          ) : (
            t('overview.kpi.none')
          )
        }
        note={checked ? t('overview.kpi.failed', { count: counts.fail }) : t('overview.kpi.unchecked')}
      />
      <KpiTile
        title={t('overview.kpi.lastCheck')}
        figure={checked ? t('overview.kpi.count', { count: counts.fail }) : t('overview.kpi.none')}
        note={t('overview.kpi.runs', { count: runs.length })}
        trend={trend.toReversed()}
        trendLabel={t('overview.kpi.trend', { count: trend.length })}
      />
      <KpiTile
        title={t('overview.kpi.logs')}
        figure={status === undefined ? t('overview.kpi.none') : t('overview.kpi.count', { count: status.records })}
        note={t(status?.collecting === true ? 'overview.kpi.collecting' : 'overview.kpi.notCollecting')}
      />
    </div>
  )
}
