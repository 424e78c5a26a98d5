import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import { bytes } from '../lib/time.ts'
import { t } from '../strings/t.ts'
import { Facts, Panel } from '../ui/Panel.tsx'
import { Ago } from '../ui/Time.tsx'
import classes from './Logs.module.css'
import type { LogsStore } from './state.ts'

export function LogsSummary({ store, onOpen }: { readonly store: LogsStore; readonly onOpen: () => void }) {
  const status = useStore(store, (state) => state.status)
  return (
    <Panel
      title={t('logs.title')}
      aside={
        <Button variant="subtle" size="compact-xs" onClick={onOpen}>
          {t('logs.summary.open')}
        </Button>
      }
    >
      {status === undefined ? (
        <span className={classes.quiet}>{t('logs.summary.loading')}</span>
      ) : (
        <Facts
          rows={[
            [t('logs.summary.collection'), t(status.collecting ? 'logs.summary.on' : 'logs.summary.off')],
            [t('logs.summary.lines'), t('logs.summary.lineCount', { count: status.records })],
            [t('logs.summary.onDisk'), t('logs.summary.size', { size: bytes(status.storedBytes) })],
            [
              t('logs.summary.newest'),
              status.newest === null ? t('logs.summary.none') : <Ago key="newest" at={status.newest} />,
            ],
          ]}
        />
      )}
    </Panel>
  )
}
