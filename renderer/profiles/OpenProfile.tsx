import { Button, Group, Modal, TextInput } from '@mantine/core'
import { lazy, Suspense, useState } from 'react'
import { useStore } from 'zustand'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { ProfileEntry, ProfileFault } from '../../preload/contract/profiles.ts'
import { counted } from '../lib/time.ts'
import { Loading } from '../ui/Blank.tsx'
import { Confirm } from '../ui/Confirm.tsx'
import { IconCopy, IconTrash } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Status, type StatusAppearance, stepStatus, verdictStatus } from '../ui/Status.tsx'
import classes from './Profiles.module.css'
import type { OpenProfile as Open, ProfilesStore } from './store.ts'

const Editor = lazy(() => import('./Editor.tsx').then((file) => ({ default: file.Editor })))

export interface OpenProfileProps {
  readonly store: ProfilesStore
  readonly name: string
  readonly entry: ProfileEntry | undefined
  readonly onSelect: (name: string | undefined) => void
}

/** One profile's text. One's own can be changed; what is wrong shows as it is typed, and only a sound text is saved. */
export function OpenProfile({ store, name, entry, onSelect }: OpenProfileProps) {
  const open = useStore(store, (state) => state.open)
  const openProblem = useStore(store, (state) => state.openProblem)
  const [problem, setProblem] = useState<ProblemReport>()
  const [goTo, setGoTo] = useState<ProfileFault>()
  const [saving, setSaving] = useState(false)
  const shown = problem ?? openProblem
  if (open === undefined || open.name !== name) {
    return (
      <div className={classes.open}>
        {shown === undefined ? <Loading what="the profile" /> : <ProblemNotice problem={shown} />}
      </div>
    )
  }
  const own = open.origin === 'own'
  const changed = open.draft !== open.saved
  const sound = open.faults?.length === 0
  return (
    <div className={classes.open}>
      <div className={classes.head}>
        <h2 className={classes.title}>{entry?.title ?? name}</h2>
        <Soundness open={open} changed={changed} />
        <Group gap="xs" ml="auto">
          <CopyProfile store={store} name={name} onCopied={onSelect} onProblem={setProblem} />
          {own && (
            <DeleteProfile store={store} name={name} onProblem={setProblem} onDeleted={() => onSelect(undefined)} />
          )}
          {own && (
            <Button
              size="compact-sm"
              disabled={!changed || !sound}
              loading={saving}
              onClick={() => {
                setSaving(true)
                void store
                  .getState()
                  .save()
                  .then((refused) => {
                    setSaving(false)
                    setProblem(refused)
                  })
              }}
            >
              Save
            </Button>
          )}
        </Group>
      </div>
      {!own && (
        <p className={classes.quiet}>This one is built in and cannot be changed. Copy it to make it your own.</p>
      )}
      {shown !== undefined && <ProblemNotice problem={shown} />}
      <div className={classes.editor}>
        <Suspense fallback={<Loading what="the editor" />}>
          <Editor
            label={`Text of ${name}`}
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

const checking: StatusAppearance = { ...stepStatus.running, label: 'Checking' }
const edited: StatusAppearance = { ...stepStatus.pending, label: 'Valid, not saved' }
const valid: StatusAppearance = { ...stepStatus.done, label: 'Valid' }

function Soundness({ open, changed }: { readonly open: Open; readonly changed: boolean }) {
  if (open.faults === undefined) return <Status appearance={checking} />
  if (open.faults.length > 0)
    return <Status appearance={verdictStatus.fail} label={counted(open.faults.length, 'fault')} />
  return <Status appearance={changed ? edited : valid} />
}

interface FaultsProps {
  readonly faults: readonly ProfileFault[]
  readonly onChoose: (fault: ProfileFault) => void
}

/** Line, field, what was expected: each leads to its place. */
function Faults({ faults, onChoose }: FaultsProps) {
  if (faults.length === 0) return null
  return (
    <ul className={classes.faults} aria-label="Faults">
      {faults.map((fault) => (
        <li key={`${fault.line}:${fault.column}:${fault.field}:${fault.expected}`}>
          <button type="button" className={classes.fault} onClick={() => onChoose(fault)}>
            <span className="numbers">Line {fault.line}</span>
            <span className="mono">{fault.field}</span>
            <span>
              expected {fault.expected}
              {fault.found !== '' && `, found ${fault.found}`}
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}

interface VerbProps {
  readonly store: ProfilesStore
  readonly name: string
  readonly onProblem: (problem: ProblemReport | undefined) => void
}

function CopyProfile({ store, name, onProblem, onCopied }: VerbProps & { readonly onCopied: (name: string) => void }) {
  const [asking, setAsking] = useState(false)
  const [newName, setNewName] = useState('')
  const usable = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(newName)
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconCopy size={14} aria-hidden />}
        onClick={() => {
          setNewName(`my-${name}`)
          setAsking(true)
        }}
      >
        Copy profile …
      </Button>
      <Modal
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Copy ${name}`}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (!usable) return
            void store
              .getState()
              .copy(name, newName)
              .then((problem) => {
                setAsking(false)
                onProblem(problem)
                if (problem === undefined) onCopied(newName)
              })
          }}
        >
          <TextInput
            label="Name of the copy"
            description="Lower-case letters, digits and hyphens"
            value={newName}
            data-autofocus
            error={newName !== '' && !usable ? 'Lower-case letters, digits and hyphens only.' : undefined}
            onChange={({ currentTarget }) => setNewName(currentTarget.value)}
          />
          <Group justify="flex-end" mt="md" gap="xs">
            <Button variant="default" onClick={() => setAsking(false)}>
              Cancel
            </Button>
            <Button type="submit" disabled={!usable}>
              Copy
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  )
}

function DeleteProfile({ store, name, onProblem, onDeleted }: VerbProps & { readonly onDeleted: () => void }) {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconTrash size={14} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        Delete …
      </Button>
      <Confirm
        opened={asking}
        title={`Delete the profile ${name}?`}
        verb="Delete"
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          const problem = await store.getState().remove(name)
          onProblem(problem)
          if (problem === undefined) onDeleted()
        }}
      >
        Its file on this computer is deleted. Planes that follow it cannot be changed without it.
      </Confirm>
    </>
  )
}
