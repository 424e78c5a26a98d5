import { Button, Group, Modal, TextInput } from '@mantine/core'
import { Suspense, useState } from 'react'
import { useStore } from 'zustand'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { ProfileEntry, ProfileFault } from '../../preload/contract/profiles.ts'
import { t } from '../strings/t.ts'
import { Confirm } from '../ui/Confirm.tsx'
import { IconCopy, IconTrash } from '../ui/icons.ts'
import { lazyView } from '../ui/lazyView.tsx'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { checkingStatus, Status, type StatusAppearance, stepStatus, verdictStatus } from '../ui/Status.tsx'
import type { SavedDraft } from './draft/store.ts'
import { expectedText } from './expectedText.ts'
import classes from './Profiles.module.css'
import type { OpenProfile as Open, ProfilesStore } from './store.ts'

const Editor = lazyView(() => import('./Editor.tsx').then((file) => file.Editor))

export interface OpenProfileProps {
  readonly store: ProfilesStore
  readonly name: string
  readonly entry: ProfileEntry | undefined
  /** The result, if it was just made from a vendor's files. */
  readonly saved: SavedDraft | undefined
  readonly onUpdate: () => void
  readonly onSelect: (name: string | undefined) => void
}

/** The text of one profile. A profile of the user can be edited; a text with errors cannot be saved. */
export function OpenProfile({ store, name, entry, saved, onUpdate, onSelect }: OpenProfileProps) {
  const open = useStore(store, (state) => state.open)
  const openProblem = useStore(store, (state) => state.openProblem)
  const [actionProblem, setActionProblem] = useState<ProblemReport>()
  const [goTo, setGoTo] = useState<ProfileFault>()
  const [saving, setSaving] = useState(false)
  const problem = actionProblem ?? openProblem
  if (open === undefined || open.name !== name) {
    return (
      <div className={classes.open}>
        {problem === undefined ? <Loading what={t('profiles.loading.profile')} /> : <ProblemNotice problem={problem} />}
      </div>
    )
  }
  const own = open.origin === 'own'
  const changed = open.draft !== open.saved
  const valid = open.faults?.length === 0
  return (
    <div className={classes.open}>
      <div className={classes.head}>
        <h2 className={classes.title}>{entry?.title ?? name}</h2>
        <DraftStatus open={open} changed={changed} />
        <Group gap="xs" ml="auto">
          {own && (
            <Button variant="default" size="compact-sm" disabled={changed} onClick={onUpdate}>
              {t('profiles.vendor.openUpdate')}
            </Button>
          )}
          <CopyProfile store={store} name={name} onCopied={onSelect} onProblem={setActionProblem} />
          {own && (
            <DeleteProfile
              store={store}
              name={name}
              onProblem={setActionProblem}
              onDeleted={() => onSelect(undefined)}
            />
          )}
          {own && (
            <Button
              size="compact-sm"
              disabled={!changed || !valid}
              loading={saving}
              onClick={() => {
                setSaving(true)
                void store
                  .getState()
                  .save()
                  .then((saveProblem) => {
                    setSaving(false)
                    setActionProblem(saveProblem)
                  })
              }}
            >
              {t('profiles.save')}
            </Button>
          )}
        </Group>
      </div>
      {saved !== undefined && <SavedNotice saved={saved} />}
      {!own && <p className={classes.quiet}>{t('profiles.readOnly')}</p>}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <div className={classes.editor}>
        <Suspense fallback={<Loading what={t('profiles.loading.editor')} />}>
          <Editor
            label={t('profiles.editor', { name })}
            text={open.draft}
            readOnly={!own}
            faults={open.faults ?? []}
            goTo={goTo}
            onEdit={store.getState().edit}
          />
        </Suspense>
      </div>
      <Faults faults={open.faults ?? []} onChoose={(fault) => setGoTo({ ...fault })} />
    </div>
  )
}

function SavedNotice({ saved: { unconfirmed, omitted } }: { readonly saved: SavedDraft }) {
  return (
    <Notice tone={omitted.length > 0 ? 'warn' : 'busy'} role="status" title={t('profiles.vendor.saved')}>
      {unconfirmed > 0 && <div>{t('profiles.vendor.savedUnconfirmed', { count: unconfirmed })}</div>}
      {omitted.length > 0 && <div>{t('profiles.vendor.savedOmitted', { rows: omitted.join(', ') })}</div>}
    </Notice>
  )
}

const unsavedStatus: StatusAppearance = { ...stepStatus.pending, label: t('profiles.draft.unsaved') }
const validStatus: StatusAppearance = { ...stepStatus.done, label: t('profiles.draft.valid') }

function DraftStatus({ open, changed }: { readonly open: Open; readonly changed: boolean }) {
  if (open.faults === undefined) return <Status appearance={checkingStatus} />
  if (open.faults.length > 0)
    return <Status appearance={verdictStatus.fail} label={t('profiles.draft.errors', { count: open.faults.length })} />
  return <Status appearance={changed ? unsavedStatus : validStatus} />
}

interface FaultsProps {
  readonly faults: readonly ProfileFault[]
  readonly onChoose: (fault: ProfileFault) => void
}

/** The errors with line, field and expectation. Selecting one moves the cursor to it. */
function Faults({ faults, onChoose }: FaultsProps) {
  if (faults.length === 0) return null
  return (
    <ul className={classes.faults} aria-label={t('profiles.errors.list')}>
      {faults.map((fault) => (
        <li key={`${fault.line}:${fault.column}:${fault.field}:${fault.expected}`}>
          <button type="button" className={classes.fault} onClick={() => onChoose(fault)}>
            <span className="numbers">
              {fault.message === undefined
                ? t('profiles.errors.line', { line: fault.line })
                : t('profiles.errors.place', { line: fault.line, column: fault.column })}
            </span>
            <span className="mono">{fault.field}</span>
            <span>{expectedText(fault)}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

interface ActionProps {
  readonly store: ProfilesStore
  readonly name: string
  readonly onProblem: (problem: ProblemReport | undefined) => void
}

function CopyProfile({
  store,
  name,
  onProblem,
  onCopied,
}: ActionProps & { readonly onCopied: (name: string) => void }) {
  const [opened, setOpened] = useState(false)
  const [newName, setNewName] = useState('')
  const nameValid = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(newName)
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconCopy size={14} aria-hidden />}
        onClick={() => {
          setNewName(`my-${name}`)
          setOpened(true)
        }}
      >
        {t('profiles.copy.open')}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t('profiles.copy.title', { name })}
        closeButtonProps={{ 'aria-label': t('ui.close') }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (!nameValid) return
            void store
              .getState()
              .copy(name, newName)
              .then((problem) => {
                setOpened(false)
                onProblem(problem)
                if (problem === undefined) onCopied(newName)
              })
          }}
        >
          <TextInput
            label={t('profiles.copy.name')}
            description={t('profiles.copy.nameHint')}
            value={newName}
            data-autofocus
            error={newName !== '' && !nameValid ? t('profiles.copy.nameInvalid') : undefined}
            onChange={({ currentTarget }) => setNewName(currentTarget.value)}
          />
          <Group justify="flex-end" mt="md" gap="xs">
            <Button variant="default" onClick={() => setOpened(false)}>
              {t('ui.cancel')}
            </Button>
            <Button type="submit" disabled={!nameValid}>
              {t('profiles.copy.confirm')}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  )
}

function DeleteProfile({ store, name, onProblem, onDeleted }: ActionProps & { readonly onDeleted: () => void }) {
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconTrash size={14} aria-hidden />}
        onClick={() => setOpened(true)}
      >
        {t('profiles.delete.open')}
      </Button>
      <Confirm
        opened={opened}
        title={t('profiles.delete.title', { name })}
        verb={t('profiles.delete.confirm')}
        onClose={() => setOpened(false)}
        onConfirm={async () => {
          const problem = await store.getState().remove(name)
          onProblem(problem)
          if (problem === undefined) onDeleted()
        }}
      >
        {t('profiles.delete.about')}
      </Confirm>
    </>
  )
}
