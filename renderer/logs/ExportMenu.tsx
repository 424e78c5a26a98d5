import { Button, Checkbox, Select } from '@mantine/core'
import { useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { isDesktop } from '../lib/host.ts'
import { isAbort, toReport } from '../lib/problem.ts'
import { t } from '../strings/t.ts'
import { ButtonPopover } from '../ui/ButtonPopover.tsx'
import { CopyButton } from '../ui/CopyButton.tsx'
import { IconDownload } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { saveFile } from '../ui/saveFile.ts'
import { commandOf } from './command.ts'
import { engineKindName } from './engineName.ts'
import { exportFormats } from './exportFile.ts'
import classes from './Logs.module.css'
import type { ExportChoice, LogsStore } from './state.ts'

type Progress =
  | { readonly kind: 'running'; readonly records: number }
  | { readonly kind: 'done'; readonly records: number; readonly redacted: number }
  | { readonly kind: 'failed'; readonly problem: ProblemReport }

export interface ExportMenuProps {
  readonly store: LogsStore
  /** The name of the plane, for the command. */
  readonly plane: string
}

/** Saves the lines of the query as a file, or copies what shows them again: a command, or a link. */
export function ExportMenu({ store, plane }: ExportMenuProps) {
  const [opened, setOpened] = useState(false)
  const filter = useStore(store, (state) => state.filter)
  const engine = useStore(store, (state) => state.engine)
  return (
    <ButtonPopover
      label={t('logs.export.open')}
      icon={<IconDownload size={14} aria-hidden />}
      width={300}
      opened={opened}
      onChange={setOpened}
    >
      <div className={classes.choices}>
        {engine === undefined ? (
          <FileExport store={store} />
        ) : (
          <p className={classes.found}>{t('logs.engine.noExport', { kind: engineKindName(engine) })}</p>
        )}
        <CopyButton label={t('logs.export.command')} text={() => commandOf(plane, filter, engine)} exact />
        {!isDesktop && <CopyButton label={t('logs.export.link')} text={() => location.href} exact />}
      </div>
    </ButtonPopover>
  )
}

/** What is stored, as a file. */
function FileExport({ store }: Pick<ExportMenuProps, 'store'>) {
  const [choice, setChoice] = useState<ExportChoice>({ format: 'text', redact: true })
  const [progress, setProgress] = useState<Progress>()
  const running = useRef(new AbortController())
  useEffect(() => () => running.current.abort(), [])

  async function run() {
    const controller = new AbortController()
    running.current = controller
    setProgress({ kind: 'running', records: 0 })
    try {
      const onProgress = (records: number) => setProgress({ kind: 'running', records })
      const file = await store.getState().exportFile(choice, onProgress, controller.signal)
      if (controller.signal.aborted) return setProgress(undefined)
      saveFile({ name: file.name, mediaType: file.mediaType, text: file.content })
      setProgress({ kind: 'done', records: file.records, redacted: file.redacted })
    } catch (error) {
      setProgress(isAbort(error, controller.signal) ? undefined : { kind: 'failed', problem: toReport(error) })
    }
  }

  const isRunning = progress?.kind === 'running'
  return (
    <>
      <Select
        size="xs"
        label={t('logs.export.format')}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        data={exportFormats.map((format) => ({ value: format, label: t(`logs.export.formats.${format}`) }))}
        value={choice.format}
        onChange={(value) => {
          const format = exportFormats.find((known) => known === value)
          if (format !== undefined) setChoice({ ...choice, format })
        }}
      />
      <Checkbox
        size="xs"
        label={t('logs.export.redact')}
        description={t('logs.export.redactAbout')}
        checked={choice.redact}
        onChange={({ currentTarget }) => setChoice({ ...choice, redact: currentTarget.checked })}
      />
      {isRunning ? (
        <Button size="compact-sm" variant="default" onClick={() => running.current.abort()}>
          {t('logs.export.cancel')}
        </Button>
      ) : (
        <Button size="compact-sm" onClick={() => void run()}>
          {t('logs.export.start')}
        </Button>
      )}
      <p className={`${classes.found} numbers`} role="status">
        {isRunning && t('logs.export.running', { count: progress.records })}
        {progress?.kind === 'done' && t('logs.export.done', { count: progress.records, redacted: progress.redacted })}
      </p>
      {progress?.kind === 'failed' && <ProblemNotice problem={progress.problem} />}
    </>
  )
}
