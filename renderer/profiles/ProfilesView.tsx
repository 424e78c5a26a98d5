import { Button } from '@mantine/core'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { ProfileEntry } from '../../preload/contract/profiles.ts'
import { t } from '../strings/t.ts'
import { moveFocusByArrow } from '../ui/arrowKeys.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { Status, verdictStatus } from '../ui/Status.tsx'
import { OpenProfile } from './OpenProfile.tsx'
import classes from './Profiles.module.css'
import type { ProfilesStore } from './store.ts'

export interface ProfilesViewProps {
  readonly store: ProfilesStore
  readonly selected: string | undefined
  readonly onSelect: (name: string | undefined) => void
}

/** The list of profiles, and the text of the selected one. */
export function ProfilesView({ store, selected, onSelect }: ProfilesViewProps) {
  const { entries, problem, load } = useStore(store)

  useEffect(() => {
    if (selected === undefined) store.getState().close()
    else if (store.getState().open?.name !== selected) void store.getState().read(selected)
  }, [store, selected])

  return (
    <div className={classes.profiles}>
      <div className={classes.list}>
        <h1 className={classes.heading}>{t('profiles.title')}</h1>
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
          onSelect={onSelect}
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
