import { Button } from '@mantine/core'
import { useState } from 'react'
import { useStore } from 'zustand'
import { t } from '../strings/t.ts'
import { IconAlert, IconCircleCheck, IconDownload, IconLoader } from '../ui/icons.ts'
import type { Fetch, LogsStore } from './state.ts'
import { TakeOffline } from './TakeOffline.tsx'

/** Opens what takes lines offline, and says how far that is. Absent while this computer is searched and nothing was fetched. */
export function FetchButton({ store }: { readonly store: LogsStore }) {
  const engine = useStore(store, (state) => state.engine)
  const fetch = useStore(store, ({ fetches, planeId = '' }) => fetches.get(planeId))
  const [opened, setOpened] = useState(false)
  const isShown = engine !== undefined || fetch !== undefined
  const { icon: Icon, label } = appearanceOf(fetch)
  return (
    <>
      {isShown && (
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<Icon size={14} aria-hidden />}
          onClick={() => setOpened(true)}
        >
          {label}
        </Button>
      )}
      {opened && isShown && <TakeOffline store={store} engine={engine} onClose={() => setOpened(false)} />}
    </>
  )
}

function appearanceOf(fetch: Fetch | undefined) {
  switch (fetch?.kind) {
    case undefined:
      return { icon: IconDownload, label: t('logs.fetch.open') }
    case 'running': {
      const { parts = 0, totalParts = 0 } = fetch.counts ?? {}
      if (totalParts === 0) return { icon: IconLoader, label: t('logs.fetch.starting') }
      return { icon: IconLoader, label: t('logs.fetch.running', { percent: Math.floor((100 * parts) / totalParts) }) }
    }
    case 'done':
      return fetch.result.failed.length === 0
        ? { icon: IconCircleCheck, label: t('logs.fetch.complete') }
        : { icon: IconAlert, label: t('logs.fetch.incomplete') }
    default:
      return { icon: IconAlert, label: t('logs.fetch.incomplete') }
  }
}
