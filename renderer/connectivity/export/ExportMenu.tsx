import { Button, type ButtonProps, Menu } from '@mantine/core'
import { useState } from 'react'
import type { ReportFormat, TextFile } from '../../../preload/contract/connectivity.ts'
import type { ProblemReport } from '../../../preload/contract/problem.ts'
import { Notice, ProblemNotice } from '../../ui/Notice.tsx'
import { saveFile } from '../../ui/saveFile.ts'
import type { DocumentsStore } from './documents.ts'
import classes from './Export.module.css'

const formats: readonly (readonly [ReportFormat, string, string])[] = [
  ['html', 'HTML', 'One file to read or to send'],
  ['markdown', 'Markdown', 'For a ticket or a chat'],
  ['json', 'JSON', 'For programs; its schema is published'],
  ['junit', 'JUnit', 'For a build server'],
]

export interface ExportMenuProps {
  readonly planeId: string
  readonly runId: string
  readonly store: DocumentsStore
  /** Of the button, among its neighbours. */
  readonly buttonProps?: Pick<ButtonProps, 'variant' | 'color' | 'size' | 'className'>
}

/** A whole run as a document, saved to a file. */
export function ExportMenu({ planeId, runId, store, buttonProps = { variant: 'default' } }: ExportMenuProps) {
  const [problem, setProblem] = useState<ProblemReport | undefined>()
  const [ready, setReady] = useState<TextFile | undefined>()
  const save = async (format: ReportFormat) => {
    const made = await store.getState().report(planeId, runId, format)
    setProblem(made.ok ? undefined : made.problem)
    // Hosts take a save only for a deed of a person just now; a report that took longer is saved with another click.
    if (made.ok && navigator.userActivation?.isActive !== false) saveFile(made.value)
    else if (made.ok) setReady(made.value)
  }
  return (
    <>
      <Menu position="bottom-end" shadow="md" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button {...buttonProps}>Export</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Report of the whole check, secrets removed</Menu.Label>
          {formats.map(([format, title, says]) => (
            <Menu.Item key={format} onClick={() => void save(format)}>
              {title}
              <span className={classes.says}>{says}</span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {ready !== undefined && (
        <div className={classes.problem}>
          <Notice
            tone="busy"
            role="status"
            title={`${ready.name} is ready.`}
            actions={
              <Button
                size="compact-xs"
                onClick={() => {
                  saveFile(ready)
                  setReady(undefined)
                }}
              >
                Save
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
