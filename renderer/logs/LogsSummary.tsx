import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import { bytes } from '../lib/time.ts'
import { Facts, Panel } from '../ui/Panel.tsx'
import { Ago } from '../ui/Time.tsx'
import classes from './Logs.module.css'
import type { LogsStore } from './store.ts'

export function LogsSummary({ store, onOpen }: { readonly store: LogsStore; readonly onOpen: () => void }) {
  const status = useStore(store, (state) => state.status)
  return (
    <Panel
      title="Logs"
      aside={
        <Button variant="subtle" size="compact-xs" onClick={onOpen}>
          Open logs
        </Button>
      }
    >
      {status === undefined ? (
        <span className={classes.quiet}>Not known yet.</span>
      ) : (
        <Facts
          rows={[
            ['Collecting', status.collecting ? 'Yes' : 'No'],
            ['Lines', status.records.toLocaleString('en')],
            ['On disk', `${bytes(status.storedBytes)}, encrypted`],
            ['Newest', status.newest === null ? 'None' : <Ago key="newest" at={status.newest} />],
          ]}
        />
      )}
    </Panel>
  )
}
