import { Button, Group, Modal } from '@mantine/core'
import { type RefObject, useEffect, useState } from 'react'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { CredentialSpec } from '../../preload/contract/profiles.ts'
import { guardLeaving } from '../lib/leaving.ts'
import { t } from '../strings/t.ts'
import type { VaultStore } from '../vault/store.ts'
import { fieldName } from './Credentials.tsx'

export interface TypedSecret {
  readonly id: string
  readonly key: string
  readonly value: string
}

/** What is typed in a field of a form; empty: nothing. */
export function textIn(form: HTMLFormElement, name: string): string {
  const value = new FormData(form).get(name)
  return typeof value === 'string' ? value : ''
}

export const typedSecrets = (form: HTMLFormElement, specs: readonly CredentialSpec[]): readonly TypedSecret[] =>
  specs.flatMap(({ id, keys }) =>
    keys.map(({ key }) => ({ id, key, value: textIn(form, fieldName(id, key)) })).filter(({ value }) => value !== ''),
  )

/** Stores them in the vault; the first problem, after which the rest is not stored. */
export async function storeSecrets(
  vault: VaultStore,
  planeId: string,
  secrets: readonly TypedSecret[],
): Promise<ProblemReport | undefined> {
  for (const { id, key, value } of secrets) {
    const problem = await vault.getState().put(planeId, id, key, value)
    if (problem !== undefined) return problem
  }
  return undefined
}

export interface LeaveCredentialsProps {
  /** Only the DOM has what is typed. */
  readonly form: RefObject<HTMLFormElement | null>
  readonly specs: readonly CredentialSpec[]
  /** Undefined: the plane does not exist yet, and has nothing in the vault. */
  readonly planeId: string | undefined
  readonly vault: VaultStore
  readonly onProblem: (problem: ProblemReport | undefined) => void
}

/** Asks before credentials that are typed and not saved are lost. */
export function LeaveCredentials({ form, specs, planeId, vault, onProblem }: LeaveCredentialsProps) {
  const [leave, setLeave] = useState<() => void>()
  const [busy, setBusy] = useState(false)

  useEffect(
    () =>
      guardLeaving((proceed) => {
        if (form.current === null || typedSecrets(form.current, specs).length === 0) return false
        setLeave(() => proceed)
        return true
      }),
    [form, specs],
  )

  const stay = () => setLeave(undefined)

  async function save(id: string) {
    if (form.current === null || leave === undefined) return
    if (vault.getState().status?.state !== 'open') return vault.getState().openDialog(() => void save(id))
    setBusy(true)
    const problem = await storeSecrets(vault, id, typedSecrets(form.current, specs))
    setBusy(false)
    stay()
    onProblem(problem)
    if (problem === undefined) leave()
  }

  return (
    <Modal
      opened={leave !== undefined}
      onClose={stay}
      title={t('install.leave.title')}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
    >
      <div>{t(planeId === undefined ? 'install.leave.newPlane' : 'install.leave.about')}</div>
      <Group justify="flex-end" mt="md" gap="xs">
        <Button variant="default" onClick={stay} data-autofocus>
          {t('install.leave.stay')}
        </Button>
        <Button
          variant="default"
          onClick={() => {
            stay()
            leave?.()
          }}
        >
          {t('install.leave.discard')}
        </Button>
        {planeId !== undefined && (
          <Button loading={busy} onClick={() => void save(planeId)}>
            {t('install.leave.save')}
          </Button>
        )}
      </Group>
    </Modal>
  )
}
