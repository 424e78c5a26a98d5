import { Button } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import { Notice } from '../ui/Notice.tsx'
import { Ago } from '../ui/Time.tsx'
import classes from './Banners.module.css'
import { useSession } from './sessionContext.ts'

/** A return is said for so long, then the banner goes. */
const returnedMs = 4_000
/** A connection that takes no longer than this is not worth a word. */
const slowConnectMs = 1_500

/** What concerns the whole window: the way to the core, and the vault. */
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
  const [said, setSaid] = useState<'nothing' | 'slow' | 'lost' | 'returned'>('nothing')

  useEffect(() => {
    if (state === 'lost') setSaid('lost')
    if (state === 'connecting') {
      const timer = setTimeout(() => setSaid('slow'), slowConnectMs)
      return () => clearTimeout(timer)
    }
    if (state === 'connected') {
      setSaid((before) => (before === 'nothing' ? 'nothing' : 'returned'))
      const timer = setTimeout(() => setSaid('nothing'), returnedMs)
      return () => clearTimeout(timer)
    }
    return undefined
  }, [state])

  if (said === 'nothing') return null
  if (said === 'returned') return <Notice tone="busy" role="status" title="Connected to Hangar again." />
  const title = said === 'slow' ? 'Hangar does not answer yet.' : 'The connection to Hangar was lost.'
  return (
    <Notice
      tone="bad"
      role="alert"
      title={title}
      actions={
        <Button variant="default" size="compact-xs" onClick={retry}>
          Try now
        </Button>
      }
    >
      <div>
        {said === 'lost' && 'What is shown may be out of date. '}
        Trying again by itself, <Ago at={since} /> without an answer. If Hangar was stopped, start it again.
      </div>
    </Notice>
  )
}

function VaultBanner() {
  const session = useSession()
  const status = useStore(session.vault, (state) => state.status)
  const ask = useStore(session.vault, (state) => state.ask)
  if (status === undefined || status.state === 'open') return null
  const empty = status.state === 'empty'
  return (
    <Notice
      tone="warn"
      title={empty ? 'The vault needs a passphrase.' : 'The vault is locked.'}
      actions={
        <Button variant="default" size="compact-xs" onClick={ask}>
          {empty ? 'Choose a passphrase' : 'Unlock the vault'}
        </Button>
      }
    >
      <div>
        Credentials and collected logs stay closed until then.
        {status.reason !== '' && ` There is no keychain here: ${status.reason}`}
      </div>
    </Notice>
  )
}
