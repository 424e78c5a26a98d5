import { ActionIcon, Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { t } from '../strings/t.ts'
import { ButtonPopover } from '../ui/ButtonPopover.tsx'
import { CutName } from '../ui/CutName.tsx'
import { IconBookmark, IconTrash } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import classes from './SavedSearches.module.css'
import type { LogsStore } from './state.ts'

/** The limit of the contract. */
const maxNameCharacters = 80

/** Searches under a name: chosen, saved and deleted here. */
export function SavedSearches({ store }: { readonly store: LogsStore }) {
  const [opened, setOpened] = useState(false)
  const [name, setName] = useState('')
  const [problem, setProblem] = useState<ProblemReport>()
  const searches = useStore(store, (state) => state.searches)
  const { saveSearch, removeSearch, applySearch } = store.getState()
  const isKnown = searches.some((search) => search.name === name.trim())
  const save = () => {
    if (name.trim() === '') return
    void saveSearch(name).then((found) => {
      setProblem(found)
      if (found === undefined) setName('')
    })
  }
  return (
    <ButtonPopover
      label={t('logs.saved.open')}
      title={t('logs.saved.title')}
      icon={<IconBookmark size={14} aria-hidden />}
      size="xs"
      width={340}
      opened={opened}
      onChange={setOpened}
    >
      <div className={classes.saved}>
        {searches.length === 0 ? (
          <p className={classes.none}>{t('logs.saved.none')}</p>
        ) : (
          <ul className={classes.list} aria-label={t('logs.saved.title')}>
            {searches.map((search) => (
              <li key={search.id} className={classes.row}>
                <button
                  type="button"
                  className={classes.search}
                  onClick={() => {
                    applySearch(search)
                    setOpened(false)
                  }}
                >
                  <CutName name={search.name} />
                  <span className={classes.query}>{search.text}</span>
                </button>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size={22}
                  aria-label={t('logs.saved.remove', { name: search.name })}
                  title={t('logs.saved.remove', { name: search.name })}
                  onClick={() => void removeSearch(search.id).then(setProblem)}
                >
                  <IconTrash size={14} aria-hidden />
                </ActionIcon>
              </li>
            ))}
          </ul>
        )}
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault()
            save()
          }}
        >
          <TextInput
            size="xs"
            className={classes.name}
            aria-label={t('logs.saved.name')}
            placeholder={t('logs.saved.name')}
            maxLength={maxNameCharacters}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <Button type="submit" size="xs" disabled={name.trim() === ''}>
            {t(isKnown ? 'logs.saved.replace' : 'logs.saved.save')}
          </Button>
        </form>
        <p className={classes.none}>{t('logs.saved.about')}</p>
        {problem !== undefined && <ProblemNotice problem={problem} />}
      </div>
    </ButtonPopover>
  )
}
