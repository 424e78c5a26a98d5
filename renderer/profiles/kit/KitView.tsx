import { Button } from '@mantine/core'
import { useStore } from 'zustand'
import type { Plane } from '../../../preload/contract/planes.ts'
import type { ProfileEntry } from '../../../preload/contract/profiles.ts'
import type { Client } from '../../lib/client.ts'
import { kits } from '../../strings/en/kits.ts'
import { addMessages, t } from '../../strings/t.ts'
import { IconArrowLeft } from '../../ui/icons.ts'
import { Notice, ProblemNotice } from '../../ui/Notice.tsx'
import { Contents } from './Contents.tsx'
import classes from './Kit.module.css'
import { KitFile } from './KitFile.tsx'
import { KitProfile } from './KitProfile.tsx'
import { KitRegistry } from './KitRegistry.tsx'
import { kitStoreOf } from './store.ts'

addMessages({ kits })

export interface KitViewProps {
  readonly client: Client
  readonly planes: readonly Plane[]
  /** All profiles. */
  readonly entries: readonly ProfileEntry[]
  readonly onBack: () => void
  readonly onImported: () => void
  readonly onShow: (profile: string) => void
  /** Opens the wizard with the profile. */
  readonly onInstall: (profile: string) => void
}

/** From the file of a kit to a profile: verify, push to a registry, create. Each part appears when the one before it is done. */
export function KitView({ client, planes, entries, onBack, onImported, onShow, onInstall }: KitViewProps) {
  const store = kitStoreOf(client)
  const { content, pushed, problem, fault, cancelled } = useStore(store)
  return (
    <div className={classes.view}>
      <header className={classes.head}>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconArrowLeft size={14} aria-hidden />}
          onClick={onBack}
        >
          {t('profiles.vendor.back')}
        </Button>
        <h1 className={classes.heading}>{t('profiles.kit.title')}</h1>
      </header>
      <p className={classes.about}>{t('kits.about')}</p>
      <KitFile store={store} />
      {content !== undefined && <Contents content={content} />}
      {content !== undefined && <KitRegistry store={store} planes={planes} />}
      {pushed !== undefined && (
        <KitProfile store={store} entries={entries} onImported={onImported} onShow={onShow} onInstall={onInstall} />
      )}
      {fault !== undefined && <Notice tone="bad" role="alert" title={fault} />}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {cancelled && <Notice tone="warn" role="status" title={t('kits.cancelled')} />}
    </div>
  )
}
