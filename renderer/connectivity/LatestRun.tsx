import { Button, SegmentedControl } from '@mantine/core'
import { type ReactNode, useContext, useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { requestOf } from '../../preload/vantages.ts'
import { t } from '../strings/t.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { IconPlay, IconRefresh, IconStop } from '../ui/icons.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { ReadOnlyContext } from '../ui/readOnly.ts'
import { Loading } from '../ui/Skeleton.tsx'
import classes from './Connectivity.module.css'
import { ProxyAdvice } from './details/ProxyAdvice.tsx'
import type { MatrixActions } from './matrix/actions.ts'
import { causesOf } from './matrix/causes.ts'
import { FilterBar } from './matrix/FilterBar.tsx'
import { Findings } from './matrix/Findings.tsx'
import { MatrixTable, type MatrixTableProps } from './matrix/MatrixTable.tsx'
import { failedEndpoints, openFailures } from './matrix/matrix.ts'
import { RunAge } from './matrix/RunAge.tsx'
import { historyByRow } from './matrix/trend.ts'
import { VantageNotices } from './matrix/VantageNotices.tsx'
import { MatrixVerdictCounts } from './matrix/VerdictCounts.tsx'
import { countRows, findingKey, noFilter, visibleGroups, withoutPassed } from './matrix/visibleRows.ts'
import type { ConnectivityStore } from './store.ts'
import { VantageChooser } from './vantages/VantageChooser.tsx'
import { createdByHangar, requestsFor } from './vantages/vantages.ts'

export interface LatestRunProps {
  readonly store: ConnectivityStore
  /** Further actions beside the check buttons. */
  readonly more?: ReactNode
  readonly watch?: ReactNode
  /** Instead of the choice of vantages, where there is only one. */
  readonly vantage?: ReactNode
  /** The same results as a map, which the user can choose instead of the matrix. */
  readonly map?: ReactNode
  /** Only what has to be fixed is open: rows that passed are behind a summary, failed ones show who can fix them and how. */
  readonly collapsePassed?: boolean
}

const views = (['matrix', 'map'] as const).map((value) => ({ value, label: t(`connectivity.shown.${value}`) }))

/** The latest results, and the buttons that check again. */
export function LatestRun({ store, more, watch, vantage, map, collapsePassed = false }: LatestRunProps) {
  const {
    rows,
    matrix,
    stableMatrix,
    running,
    stopped,
    problem,
    unverified,
    proxy,
    verdictHistory,
    shown,
    filter,
    openRows,
    run,
    runFailed,
    stop,
    show,
    setFilter,
    openRow,
    setOpenRows,
  } = useStore(store)
  const readOnly = useContext(ReadOnlyContext)
  const actions = useMemo<MatrixActions>(
    () => ({
      running,
      onRow(endpoint, vantage) {
        const { vantages } = store.getState().matrix
        const from = vantage === undefined ? requestsFor(createdByHangar(vantages)) : [requestOf(vantage)]
        void store.getState().run(from.length === 0 ? { endpoints: [endpoint] } : { endpoints: [endpoint], from })
      },
      onVantage: (vantage) => void store.getState().run({ from: [requestOf(vantage)] }),
    }),
    [store, running],
  )
  const history = useMemo(
    () => (typeof verdictHistory === 'object' ? historyByRow(verdictHistory) : verdictHistory),
    [verdictHistory],
  )
  useEffect(() => {
    if (!collapsePassed || running || matrix.reportId === undefined) return
    const state = store.getState()
    state.setOpenRows({ ...openFailures(state.matrix), ...state.openRows })
  }, [collapsePassed, running, matrix.reportId, store])
  if (rows === undefined) {
    return problem === undefined ? (
      <Loading what={t('connectivity.loadingRows')} />
    ) : (
      <div className={classes.view}>
        <ProblemNotice problem={problem} />
      </div>
    )
  }
  if (rows.length === 0) {
    return (
      <EmptyState drawing="route" title={t('connectivity.empty.noEndpoints')}>
        {t('connectivity.empty.noEndpointsText')}
      </EmptyState>
    )
  }
  const groups = visibleGroups(rows, matrix, filter, stableMatrix)
  const isFiltered = filter.verdict !== 'all' || filter.text !== '' || filter.finding !== undefined
  const { open, passed } =
    collapsePassed && !isFiltered ? withoutPassed(groups, stableMatrix) : { open: groups, passed: [] }
  const failed = failedEndpoints(matrix).length
  const gone = Object.keys(openRows).filter((endpoint) => !rows.some(({ id }) => id === endpoint))
  const causes = causesOf(matrix, stableMatrix)
  const selected = causes.find((finding) => findingKey(finding) === filter.finding)
  const table: Omit<MatrixTableProps, 'groups'> = {
    matrix,
    proxy,
    actions: readOnly ? undefined : actions,
    marked: new Set(selected?.endpoints ?? []),
    history,
    open: openRows,
    onOpen: openRow,
  }
  const asMap = map !== undefined && shown === 'map'
  return (
    <div className={classes.view}>
      <div className={classes.bar}>
        {readOnly ? null : running ? (
          <Button variant="default" leftSection={<IconStop size={15} aria-hidden />} onClick={stop}>
            {t('connectivity.action.stop')}
          </Button>
        ) : (
          <Button leftSection={<IconPlay size={15} aria-hidden />} onClick={() => void run()}>
            {t('connectivity.action.checkAll')}
          </Button>
        )}
        {!readOnly && (vantage ?? <VantageChooser store={store} />)}
        {!readOnly && (
          <Button
            variant="default"
            leftSection={<IconRefresh size={15} aria-hidden />}
            disabled={running || failed === 0}
            onClick={() => void runFailed()}
          >
            {t('connectivity.action.rerunFailed')}
          </Button>
        )}
        {more !== undefined && <div className={classes.more}>{more}</div>}
      </div>
      <div className={classes.bar}>
        <MatrixVerdictCounts matrix={matrix} />
        <RunAge matrix={matrix} running={running} stopped={stopped} />
      </div>
      {watch}
      {gone.length > 0 && (
        <Notice
          tone="warn"
          role="status"
          title={t('connectivity.gone', { count: gone.length, endpoints: gone.join(', ') })}
          actions={
            <Button
              variant="default"
              size="compact-xs"
              onClick={() =>
                setOpenRows(
                  Object.fromEntries(Object.entries(openRows).filter(([endpoint]) => !gone.includes(endpoint))),
                )
              }
            >
              {t('ui.close')}
            </Button>
          }
        />
      )}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {unverified && !running && (
        <Notice tone="warn" title={t('connectivity.history.notVerified')}>
          {t('connectivity.history.latestNotVerifiedText')}
        </Notice>
      )}
      <VantageNotices
        matrix={matrix}
        onExistingPod={
          running || readOnly ? undefined : (pod) => void run({ from: [{ kind: 'existing-pod', ...pod }] })
        }
      />
      <Findings
        findings={causes}
        rows={rows}
        selected={filter.finding}
        running={running}
        onSelect={(finding) => setFilter(finding === undefined ? { finding } : { ...noFilter, finding })}
      />
      {proxy !== undefined && <ProxyAdvice proxy={proxy} />}
      <div className={classes.bar}>
        {map !== undefined && (
          <SegmentedControl
            aria-label={t('connectivity.shown.label')}
            data={views}
            value={shown}
            onChange={(value) => show(value === 'map' ? 'map' : 'matrix')}
          />
        )}
        {!asMap && <FilterBar rows={rows} matrix={matrix} filter={filter} onShow={setFilter} />}
      </div>
      {asMap ? (
        map
      ) : groups.length === 0 ? (
        <EmptyState
          drawing="route"
          title={t('connectivity.empty.noMatch')}
          action={
            <Button variant="default" onClick={() => setFilter(noFilter)}>
              {t('connectivity.empty.showAll')}
            </Button>
          }
        >
          {t(
            filter.verdict === 'fail' && filter.text === ''
              ? 'connectivity.empty.noFailures'
              : 'connectivity.empty.noMatchText',
          )}
        </EmptyState>
      ) : (
        <>
          {open.length > 0 && <MatrixTable {...table} groups={open} />}
          {passed.length > 0 && (
            <details className={classes.fold}>
              <summary>
                {t('connectivity.matrix.rowsPassed', { passed: countRows(passed), total: countRows(groups) })}
              </summary>
              <MatrixTable {...table} groups={passed} label={t('connectivity.matrix.passedRows')} />
            </details>
          )}
        </>
      )}
    </div>
  )
}
