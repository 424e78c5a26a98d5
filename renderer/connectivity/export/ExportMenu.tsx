import { Button, type ButtonProps, Menu } from '@mantine/core'
import { useState } from 'react'
import type { ReportFormat, TextFile } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import { t } from '../../strings/t.ts'
import { Notice, ProblemNotice } from '../../ui/Notice.tsx'
import { saveFile } from '../../ui/saveFile.ts'
import type { DocumentsStore } from './documents.ts'
import classes from './Export.module.css'

const formats = ['html', 'markdown', 'json', 'junit'] as const satisfies readonly ReportFormat[]

export interface ExportMenuProps {
  readonly planeId: string
  readonly runId: string
  readonly store: DocumentsStore
  readonly buttonProps?: Pick<ButtonProps, 'variant' | 'color' | 'size' | 'className'>
}

/** Saves a run as a document. */
export function ExportMenu({ planeId, runId, store, buttonProps = { variant: 'default' } }: ExportMenuProps) {
  const [problem, setProblem] = useState<ProblemReport | undefined>()
  const [ready, setReady] = useState<TextFile | undefined>()
  const save = async (format: ReportFormat) => {
    const report = await store.getState().report(planeId, runId, format)
    setProblem(report.ok ? undefined : report.problem)
    // Browsers allow a download only right after a user action; a report that took longer needs a second click.
    if (report.ok && navigator.userActivation?.isActive !== false) saveFile(report.value)
    else if (report.ok) setReady(report.value)
  }
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <Button {...buttonProps}>{t('connectivity.report.export')}</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('connectivity.report.about')}</Menu.Label>
          {formats.map((format) => (
            <Menu.Item key={format} onClick={() => void save(format)}>
              {t(`connectivity.report.format.${format}.label`)}
              <span className={classes.description}>{t(`connectivity.report.format.${format}.description`)}</span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {ready !== undefined && (
        <div className={classes.problem}>
          <Notice
            tone="busy"
            role="status"
            title={t('connectivity.report.ready', { name: ready.name })}
            actions={
              <Button
                size="compact-xs"
                onClick={() => {
                  saveFile(ready)
                  setReady(undefined)
                }}
              >
                {t('connectivity.report.save')}
              </Button>
            }
          />
        </div>
      )}
      {problem !== undefined && (
        <div className={classes.problem}>
          <ProblemNotice problem={problem} />
        </div>
      )}
    </>
  )
}
