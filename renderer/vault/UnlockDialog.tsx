import { Button, Group, Modal, PasswordInput, Stack } from '@mantine/core'
import { type FormEvent, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import { t } from '../strings/t.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { useFocusReturn } from '../ui/useFocusReturn.ts'
import type { VaultStore } from './store.ts'
import { type Strength, strengthOf } from './strength.ts'
import classes from './Vault.module.css'
import { VaultReason } from './VaultReason.tsx'

/** As in the contract, `vault.unlock`. */
const minimumLength = 12

/** Opens the vault, or sets its first passphrase. Passphrases are only in the fields of the form, never in state. */
export function UnlockDialog({ store }: { readonly store: VaultStore }) {
  useFocusReturn()
  const status = useStore(store, (state) => state.status)
  const { unlock, closeDialog } = store.getState()
  const [problem, setProblem] = useState<ProblemReport>()
  const [fieldError, setFieldError] = useState<string>()
  const [unlocking, setUnlocking] = useState(false)
  // Of the passphrase, its level alone.
  const [strength, setStrength] = useState<Strength>()
  const form = useRef<HTMLFormElement>(null)
  if (status === undefined || status.state === 'open') return null
  const empty = status.state === 'empty'
  const needsPassphrase = status.backend === 'passphrase'

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    if (!needsPassphrase) return send(undefined)
    const fields = new FormData(event.currentTarget)
    const passphrase = String(fields.get('passphrase') ?? '')
    if (passphrase.length < minimumLength) return setFieldError(t('vault.tooShort', { length: minimumLength }))
    if (empty && passphrase !== fields.get('confirmation')) return setFieldError(t('vault.mismatch'))
    setFieldError(undefined)
    send(passphrase)
  }

  function send(passphrase: string | undefined) {
    setUnlocking(true)
    void unlock(passphrase).then((unlockProblem) => {
      setUnlocking(false)
      setProblem(unlockProblem)
      form.current?.reset()
    })
  }

  return (
    <Modal
      opened
      onClose={closeDialog}
      title={t(empty ? 'vault.newTitle' : needsPassphrase ? 'vault.lockedTitle' : 'vault.unlock')}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
    >
      <form ref={form} onSubmit={submit}>
        <Stack gap="sm">
          <div>{t(empty ? 'vault.newDetails' : needsPassphrase ? 'vault.lockedDetails' : 'vault.keychainDetails')}</div>
          {status.reason !== '' && <VaultReason reason={status.reason} />}
          {problem !== undefined && <ProblemNotice problem={problem} />}
          {needsPassphrase && (
            <PasswordInput
              name="passphrase"
              label={t('vault.passphrase')}
              description={empty ? t('vault.minimum', { length: minimumLength }) : undefined}
              autoComplete="off"
              onInput={({ currentTarget }) => setStrength(empty ? strengthOf(currentTarget.value) : undefined)}
              data-autofocus
              error={fieldError}
              visibilityToggleButtonProps={{ 'aria-label': t('vault.show') }}
            />
          )}
          {empty && <StrengthMeter strength={strength} />}
          {empty && (
            <PasswordInput
              name="confirmation"
              label={t('vault.confirmation')}
              autoComplete="off"
              visibilityToggleButtonProps={{ 'aria-label': t('vault.showConfirmation') }}
            />
          )}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={closeDialog}>
              {t('ui.cancel')}
            </Button>
            <Button type="submit" loading={unlocking}>
              {t(empty ? 'vault.set' : 'vault.unlock')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}

const levels = ['weak', 'fair', 'strong'] as const satisfies Strength[]

/** Its place is kept before anything is entered. */
function StrengthMeter({ strength }: { readonly strength: Strength | undefined }) {
  const level = strength === undefined ? 0 : levels.indexOf(strength) + 1
  const text = strength === undefined ? t('vault.strength.none') : t(`vault.strength.${strength}`)
  return (
    <div className={classes.strength} data-strength={strength}>
      <div className={classes.bars} aria-hidden>
        {levels.map((each, at) => (
          <span key={each} data-filled={at < level ? '' : undefined} />
        ))}
      </div>
      <span role="status" aria-label={t('vault.strength.label')}>
        {text}
      </span>
    </div>
  )
}
