import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { Notice } from '../ui/Notice.tsx'
import { Ago } from '../ui/Time.tsx'
import classes from './Banners.module.css'
import { useSession } from './sessionContext.ts'

/** How long the banner reports a restored connection. */
const restoredMs = 4_000
/** The banner appears only when connecting takes longer than this. */
const slowConnectMs = 1_500

/** State of the whole window: the connection to the core, and the vault. */
export function Banners() {
  return (
    <div className={classes.banners}>
      <ConnectionBanner />
      <VaultBanner />
    </div>
  )
}

function ConnectionBanner() {
  const session = useSession()
  const { state, since, retry } = useStore(session.link.store)
  const [shown, setShown] = useState<'none' | 'slow' | 'lost' | 'restored'>('none')

  useEffect(() => {
    if (state === 'lost') setShown('lost')
    if (state === 'connecting') {
      const timer = setTimeout(() => setShown('slow'), slowConnectMs)
      return () => clearTimeout(timer)
    }
    if (state === 'connected') {
      setShown((before) => (before === 'none' ? 'none' : 'restored'))
      const timer = setTimeout(() => setShown('none'), restoredMs)
      return () => clearTimeout(timer)
    }
    return undefined
  }, [state])

  if (shown === 'none') return null
  if (shown === 'restored') return <Notice tone="good" role="status" title={t('shell.connection.restored')} />
  return (
    <Notice
      tone="bad"
      role="alert"
      title={t(`shell.connection.${shown}.title`)}
      actions={
        <Button variant="default" size="compact-xs" onClick={retry}>
          {t('shell.connection.reconnect')}
        </Button>
      }
    >
      <div>
        <Rich message={`shell.connection.${shown}.details`} values={{ since: <Ago key="since" at={since} /> }} />
      </div>
    </Notice>
  )
}

function VaultBanner() {
  const session = useSession()
  const status = useStore(session.vault, (state) => state.status)
  const openDialog = useStore(session.vault, (state) => state.openDialog)
  // A vault without a passphrase holds nothing that somebody misses.
  if (status?.state !== 'locked') return null
  return (
    <Notice
      tone="warn"
      title={t('shell.vault.locked')}
      actions={
        <Button variant="default" size="compact-xs" onClick={() => openDialog()}>
          {t('vault.unlock')}
        </Button>
      }
    >
      <div>{t('shell.vault.details')}</div>
    </Notice>
  )
}
