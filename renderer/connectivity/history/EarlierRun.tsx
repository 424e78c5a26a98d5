import { Button } from '@mantine/core'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { EndpointRow } from '../../../preload/contract/connectivity.ts'
import { Rich } from '../../strings/Rich.tsx'
import { t } from '../../strings/t.ts'
import { Notice } from '../../ui/Notice.tsx'
import { Ago, At } from '../../ui/Time.tsx'
import classes from '../Connectivity.module.css'
import type { DocumentsStore } from '../export/documents.ts'
import { ExportMenu } from '../export/ExportMenu.tsx'
import { FilterBar } from '../matrix/FilterBar.tsx'
import { Findings } from '../matrix/Findings.tsx'
import { MatrixTable } from '../matrix/MatrixTable.tsx'
import { VantageNotices } from '../matrix/VantageNotices.tsx'
import { MatrixVerdictCounts } from '../matrix/VerdictCounts.tsx'
import { type Filter, findingKey, noFilter, type OpenRows, visibleGroups } from '../matrix/visibleRows.ts'
import { rowsOfRun } from './earlierRows.ts'
import type { HistoryStore, HistoryView } from './history.ts'

export interface EarlierRunProps {
  readonly view: Extract<HistoryView, { kind: 'run' }>
  readonly rows: readonly EndpointRow[]
  readonly store: HistoryStore
  readonly planeId: string
  readonly documents: DocumentsStore
}

/** A saved run, read only. */
export function EarlierRun({ view: { report, matrix }, rows: current, store, planeId, documents }: EarlierRunProps) {
  const [filter, setFilter] = useState<Filter>(noFilter)
  const [open, setOpen] = useState<OpenRows>({})
  const latest = useStore(store, ({ runs }) => runs?.[0]?.runId)
  const entry = useStore(store, ({ runs }) => runs?.find((run) => run.runId === report.runId))
  const rows = rowsOfRun(current, report)
  const { runId, startedAt, findings } = report
  const selected = findings.find((finding) => findingKey(finding) === filter.finding)
  const show = (part: Partial<Filter>) => setFilter((before) => ({ ...before, ...part }))
  return (
    <>
      <Notice
        tone="busy"
        role="status"
        title={
          <Rich
            message="connectivity.history.earlierRun"
            values={{ time: <At at={startedAt} />, age: <Ago at={startedAt} /> }}
          />
        }
        actions={
          <>
            {latest !== undefined && latest !== runId && (
              <Button variant="default" size="compact-xs" onClick={() => void store.getState().compare(runId, latest)}>
                {t('connectivity.history.compareLatest')}
              </Button>
            )}
            <ExportMenu
              planeId={planeId}
              runId={runId}
              store={documents}
              buttonProps={{ variant: 'default', size: 'compact-xs' }}
            />
          </>
        }
      />
      {entry?.verified === false && (
        <Notice tone="warn" title={t('connectivity.history.notVerified')}>
          {t('connectivity.history.notVerifiedText')}
        </Notice>
      )}
      <div className={classes.bar}>
        <MatrixVerdictCounts matrix={matrix} />
      </div>
      <VantageNotices matrix={matrix} />
      <Findings
        findings={findings}
        rows={rows}
        selected={filter.finding}
        onSelect={(finding) => setFilter({ ...noFilter, finding })}
      />
      <FilterBar rows={rows} matrix={matrix} filter={filter} onShow={show} />
      <MatrixTable
        groups={visibleGroups(rows, matrix, filter)}
        matrix={matrix}
        proxy={undefined}
        actions={undefined}
        marked={new Set(selected?.endpoints ?? [])}
        open={open}
        onOpen={(endpoint, at) =>
          setOpen(({ [endpoint]: _, ...others }) => (at === undefined ? others : { ...others, [endpoint]: at }))
        }
      />
    </>
  )
}
