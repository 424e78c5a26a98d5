import { Button, Stack } from '@mantine/core'
import { Suspense, useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { ProfileEntry } from '../../preload/contract/profiles.ts'
import type { ClustersStore } from '../clusters/store.ts'
import { t } from '../strings/t.ts'
import type { TrustStore } from '../trust/store.ts'
import { moveFocusByArrow } from '../ui/arrowKeys.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { lazyView } from '../ui/lazyView.tsx'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { Status, verdictStatus } from '../ui/Status.tsx'
import type { SavedDraft, VendorDrafts } from './draft/store.ts'
import type { KitViewProps } from './kit/KitView.tsx'
import { OpenProfile } from './OpenProfile.tsx'
import classes from './Profiles.module.css'
import type { ProfilesStore } from './store.ts'

const KitView = lazyView(() => import('./kit/KitView.tsx').then((file) => file.KitView))
const VendorDraft = lazyView(() => import('./draft/VendorDraft.tsx').then((file) => file.VendorDraft))

export interface ProfilesViewProps {
  readonly store: ProfilesStore
  readonly drafts: VendorDrafts
  readonly clusters: ClustersStore
  readonly trust: TrustStore
  readonly selected: string | undefined
  /** Shows the vendor's files: for a new profile, or for an update of the selected one. */
  readonly fromFiles: boolean
  /** Shows a kit. */
  readonly kit: Pick<KitViewProps, 'client' | 'planes' | 'onInstall'> | undefined
  readonly onFromKit: () => void
  readonly onSelect: (name: string | undefined) => void
  readonly onFromFiles: (name: string | undefined) => void
}

/** The list of profiles, and the text of the selected one. */
export function ProfilesView({
  store,
  drafts,
  clusters,
  trust,
  selected,
  fromFiles,
  kit,
  onFromKit,
  onSelect,
  onFromFiles,
}: ProfilesViewProps) {
  const { entries, problem, load } = useStore(store)
  const [saved, setSaved] = useState<SavedDraft>()

  useEffect(() => {
    if (selected === undefined || fromFiles) store.getState().close()
    else if (store.getState().open?.name !== selected) void store.getState().read(selected)
  }, [store, selected, fromFiles])

  if (fromFiles)
    return (
      <Suspense fallback={<Loading what={t('profiles.loading.review')} />}>
        <VendorDraft
          key={selected ?? ''}
          store={drafts(selected)}
          clusters={clusters}
          trust={trust}
          profile={selected}
          names={entries?.map(({ name }) => name) ?? []}
          onBack={() => onSelect(selected)}
          onSaved={(result) => {
            setSaved(result)
            store.getState().forget(result.name)
            void load()
            onSelect(result.name)
          }}
        />
      </Suspense>
    )
  if (kit !== undefined)
    return (
      <Suspense fallback={<Loading what={t('profiles.loading.profiles')} />}>
        <KitView
          {...kit}
          entries={entries ?? []}
          onBack={() => onSelect(undefined)}
          onImported={() => void load()}
          onShow={onSelect}
        />
      </Suspense>
    )
  return (
    <div className={classes.profiles}>
      <div className={classes.list}>
        <h1 className={classes.heading}>{t('profiles.title')}</h1>
        <Stack gap={6} align="start" mb="sm" ml={8}>
          <Button variant="default" size="compact-sm" onClick={() => onFromFiles(undefined)}>
            {t('profiles.vendor.open')}
          </Button>
          <Button variant="default" size="compact-sm" onClick={onFromKit}>
            {t('profiles.kit.open')}
          </Button>
        </Stack>
        {problem !== undefined && (
          <ProblemNotice
            problem={problem}
            actions={
              <Button variant="default" size="compact-xs" onClick={() => void load()}>
                {t('profiles.reload')}
              </Button>
            }
          />
        )}
        {entries === undefined && problem === undefined && <Loading what={t('profiles.loading.profiles')} />}
        <ul className={classes.entries} aria-label={t('profiles.title')} onKeyDown={moveFocusByArrow}>
          {entries?.map((entry) => (
            <li key={entry.name}>
              <Entry entry={entry} selected={entry.name === selected} onSelect={() => onSelect(entry.name)} />
            </li>
          ))}
        </ul>
      </div>
      {selected === undefined ? (
        <EmptyState drawing="page" title={t('profiles.emptyTitle')}>
          {t('profiles.empty')}
        </EmptyState>
      ) : (
        <OpenProfile
          key={selected}
          store={store}
          name={selected}
          entry={entries?.find(({ name }) => name === selected)}
          saved={saved?.name === selected ? saved : undefined}
          onSelect={onSelect}
          onUpdate={() => onFromFiles(selected)}
        />
      )}
    </div>
  )
}

interface EntryProps {
  readonly entry: ProfileEntry
  readonly selected: boolean
  readonly onSelect: () => void
}

function Entry({ entry, selected, onSelect }: EntryProps) {
  const { name, title, origin, endpoints, releases, problem } = entry
  return (
    <button type="button" className={classes.entry} aria-current={selected || undefined} onClick={onSelect} data-row>
      <span className={classes.entryTitle}>{title}</span>
      <span className={classes.quiet}>{t('profiles.origin', { name, origin })}</span>
      {problem === undefined ? (
        <span className={classes.quiet}>{t('profiles.contents', { releases, endpoints })}</span>
      ) : (
        <Status appearance={verdictStatus.fail} label={t('profiles.invalid')} />
      )}
    </button>
  )
}
