import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import type { VaultStore } from './store.ts'

/** As the contract asks. */
const shortest = 12

/** Asks for the vault's passphrase, or for a new one where there is none. What is typed stays in the page's fields. */
export function UnlockDialog({ store }: { readonly store: VaultStore }) {
  const status = useStore(store, (state) => state.status)
  const { unlock, dismiss } = store.getState()
  const [problem, setProblem] = useState<ProblemReport>()
  const [fault, setFault] = useState<string>()
  const [busy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  if (status === undefined || status.state === 'open') return null
  const empty = status.state === 'empty'

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const typed = new FormData(event.currentTarget)
    const passphrase = String(typed.get('passphrase') ?? '')
    if (passphrase.length < shortest) return setFault(`At least ${shortest} characters.`)
    if (empty && passphrase !== typed.get('again')) return setFault('The two differ.')
    setFault(undefined)
    setBusy(true)
    void unlock(passphrase).then((refused) => {
      setBusy(false)
      setProblem(refused)
      form.current?.reset()
    })
  }

  return (
    <Modal
      opened
      onClose={dismiss}
      title={empty ? 'Choose a passphrase for the vault' : 'Unlock the vault'}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <form ref={form} onSubmit={submit}>
        <Stack gap="sm">
          <div>
            {empty
              ? 'It guards the credentials and the key of the logs on this computer. There is no way around it: without it both are lost.'
              : 'Credentials and collected logs on this computer are sealed with it.'}
            {status.reason !== '' && ` There is no keychain here: ${status.reason}`}
          </div>
          {problem !== undefined && <ProblemNotice problem={problem} />}
          <PasswordInput
            name="passphrase"
            label="Passphrase"
            description={empty ? `At least ${shortest} characters` : undefined}
            autoComplete="off"
            data-autofocus
            error={fault}
            visibilityToggleButtonProps={{ 'aria-label': 'Show the passphrase' }}
          />
          {empty && (
            <PasswordInput
              name="again"
              label="The same again"
              autoComplete="off"
              visibilityToggleButtonProps={{ 'aria-label': 'Show the second passphrase' }}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={dismiss}>
              Later
            </Button>
            <Button type="submit" loading={busy}>
              {empty ? 'Set passphrase' : 'Unlock'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
