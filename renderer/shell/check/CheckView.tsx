import { Button } from '@mantine/core'
import { Suspense, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import { AllowListDialog } from '../../connectivity/export/AllowListDialog.tsx'
import { ExportMenu } from '../../connectivity/export/ExportMenu.tsx'
import { LatestRun } from '../../connectivity/LatestRun.tsx'
import type { OpenTable } from '../../connectivity/table/client.ts'
import { t } from '../../strings/t.ts'
import { IconArrowLeft, IconComputer } from '../../ui/icons.ts'
import pageClasses from '../PlaneView.module.css'
import { useSession } from '../sessionContext.ts'
import classes from './CheckView.module.css'
import { SourceForm } from './SourceForm.tsx'

/** A check of endpoints without a plane: its source, then its results. */
export function CheckView() {
  const { tableCheck } = useSession()
  const { open, shown, show } = useStore(tableCheck.table)
  const results = shown === 'results' ? open : undefined
  const heading = useRef<HTMLHeadingElement>(null)
  const first = useRef(true)
  // The button that changed the view is gone.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each change of what is shown
  useEffect(() => {
    if (!first.current) heading.current?.focus()
    first.current = false
  }, [shown])
  return (
    <>
      <header className={pageClasses.head}>
        <h1 className={`${pageClasses.name} ${classes.heading}`} ref={heading} tabIndex={-1}>
          {results === undefined ? t('shell.checkEndpoints') : t('connectivity.table.title', { name: nameOf(results) })}
        </h1>
        {results !== undefined && (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconArrowLeft size={14} aria-hidden />}
            onClick={() => show('source')}
          >
            {t('connectivity.table.back')}
          </Button>
        )}
      </header>
      {results === undefined ? <SourceForm /> : <Results table={results} />}
    </>
  )
}

const nameOf = ({ subject }: OpenTable): string => ('list' in subject ? subject.title : subject.profile)

const quiet = { variant: 'subtle', color: 'gray', size: 'compact-sm' } as const

function Results({ table: { id } }: { readonly table: OpenTable }) {
  const { tableCheck } = useSession()
  const { connectivity, documents } = tableCheck
  const rows = useStore(connectivity, (state) => state.rows)
  const runId = useStore(connectivity, ({ matrix }) => matrix.reportId)
  const setOptions = useStore(documents, (state) => state.setOptions)
  const [opener, setOpener] = useState<HTMLElement>()
  return (
    <>
      <LatestRun
        store={connectivity}
        vantage={
          <span className={classes.vantage}>
            <IconComputer size={15} aria-hidden />
            {t('connectivity.table.fromComputer')}
          </span>
        }
        more={
          <>
            {runId !== undefined && <ExportMenu planeId={id} runId={runId} store={documents} buttonProps={quiet} />}
            <Button
              {...quiet}
              aria-haspopup="dialog"
              onClick={({ currentTarget }) => {
                void setOptions(id, { ...documents.getState().options, component: '' })
                setOpener(currentTarget)
              }}
            >
              {t('connectivity.action.allowList')}
            </Button>
          </>
        }
      />
      <Suspense>
        {opener !== undefined && (
          <AllowListDialog
            store={documents}
            planeId={id}
            rows={rows ?? []}
            onClose={() => {
              setOpener(undefined)
              setTimeout(() => opener.focus())
            }}
          />
        )}
      </Suspense>
    </>
  )
}
