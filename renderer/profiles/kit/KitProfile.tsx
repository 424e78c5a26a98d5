import { Button, Checkbox, TextInput } from '@mantine/core'
import { useStore } from 'zustand'
import type { ProfileEntry } from '../../../preload/contract/profiles.ts'
import { isPlaneName } from '../../install/planeName.ts'
import { t } from '../../strings/t.ts'
import { Notice } from '../../ui/Notice.tsx'
import classes from './Kit.module.css'
import type { KitStore } from './store.ts'

export interface KitProfileProps {
  readonly store: KitStore
  readonly entries: readonly ProfileEntry[]
  readonly onImported: () => void
  readonly onShow: (profile: string) => void
  readonly onInstall: (profile: string) => void
}

/** The profile of the kit, and the way into the wizard. */
export function KitProfile({ store, entries, onImported, onShow, onInstall }: KitProfileProps) {
  const { name, replace, imported, working, registry } = useStore(store)
  const { setName, setReplace, importProfile } = store.getState()
  const taken = imported === undefined ? entries.find((entry) => entry.name === name) : undefined
  const fault = faultOf(name, taken)
  const isBlocked = fault !== undefined || working !== undefined || (taken !== undefined && !replace)
  const create = async () => {
    if ((await importProfile()) !== undefined) onImported()
  }
  return (
    <section className={classes.part} aria-label={t('kits.profileTitle')}>
      <h2 className={classes.subheading}>{t('kits.profileTitle')}</h2>
      <p className={classes.about}>{t('kits.profileAbout', { registry: registry.address })}</p>
      <TextInput
        className={classes.field}
        label={t('kits.name')}
        value={name}
        maxLength={63}
        error={fault}
        disabled={working !== undefined}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
      />
      {taken?.origin === 'own' && (
        <Checkbox
          label={t('kits.replace')}
          checked={replace}
          onChange={({ currentTarget }) => setReplace(currentTarget.checked)}
        />
      )}
      {imported === undefined ? (
        <div>
          <Button size="compact-sm" disabled={isBlocked} onClick={() => void create()}>
            {t('kits.import')}
          </Button>
        </div>
      ) : (
        <Notice
          tone="good"
          role="status"
          title={t('kits.imported', { name: imported })}
          actions={
            <>
              <Button size="compact-sm" onClick={() => onInstall(imported)}>
                {t('kits.install')}
              </Button>
              <Button variant="default" size="compact-sm" onClick={() => onShow(imported)}>
                {t('kits.showProfile')}
              </Button>
            </>
          }
        />
      )}
    </section>
  )
}

function faultOf(name: string, taken: ProfileEntry | undefined): string | undefined {
  if (!isPlaneName(name)) return t('kits.nameInvalid')
  return taken?.origin === 'built-in' ? t('kits.nameBuiltIn') : undefined
}
