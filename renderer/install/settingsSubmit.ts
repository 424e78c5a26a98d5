import { type RefObject, useState } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { CredentialSpec, Profile } from '../../preload/contract/profiles.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { PlanesStore } from '../planes/store.ts'
import { t } from '../strings/t.ts'
import type { VaultStore } from '../vault/store.ts'
import { fieldName } from './Credentials.tsx'
import { storeSecrets, textIn, typedSecrets } from './LeaveCredentials.tsx'
import type { FormHandle } from './SettingsForm.tsx'
import type { YamlHandle } from './SettingsYaml.tsx'
import type { Draft, InstallStore } from './store.ts'
import { validator } from './validator.ts'

export interface SettingsInput {
  readonly store: InstallStore
  readonly plane: Plane | undefined
  readonly profile: Profile
  readonly planes: PlanesStore
  readonly vault: VaultStore
  readonly onProblem: (problem: ProblemReport | undefined) => void
  /** Called after the plane was created. */
  readonly onCreated: (planeId: string) => void
}

export interface MissingField {
  readonly name: string
  readonly title: string
}

/** Fields of required credentials that are neither stored nor typed. */
function missingCredentials(
  specs: readonly CredentialSpec[],
  isStored: (credential: string, key: string) => boolean,
  isTyped: (name: string) => boolean,
): readonly MissingField[] {
  return specs
    .filter(({ required }) => required)
    .flatMap(({ id, title, keys }) =>
      keys
        .filter(({ key }) => !isStored(id, key) && !isTyped(fieldName(id, key)))
        .map((one) => ({
          name: fieldName(id, one.key),
          title: keys.length === 1 ? title : t('install.credentials.key', { credential: title, key: one.title }),
        })),
    )
}

/** Creates or updates the plane; undefined while the draft is incomplete. */
async function savePlane(
  planes: PlanesStore,
  plane: Plane | undefined,
  draft: Draft,
): Promise<Outcome<Plane> | undefined> {
  const { contextId, profile, managementModel, name, settings } = draft
  if (plane !== undefined) {
    if (settings === undefined) return { ok: true, value: plane }
    return planes.getState().update(plane.id, { settings })
  }
  if (!contextId || !profile || !managementModel || !name) return undefined
  return planes
    .getState()
    .create({ contextId, profile, managementModel, name, settings: settings ?? {}, overrides: {} })
}

interface SettingsParts {
  /** Of the credentials. */
  readonly fields: RefObject<HTMLFormElement | null>
  readonly form: RefObject<FormHandle | null>
  readonly yaml: RefObject<YamlHandle | null>
  readonly isStored: (credential: string, key: string) => boolean
}

/** What Next does with the settings: it checks them, creates or updates the plane, and stores the secrets in the vault. */
export function useSettingsSubmit(
  { store, plane, profile, planes, vault, onProblem, onCreated }: SettingsInput,
  { fields, form: settingsForm, yaml, isStored }: SettingsParts,
) {
  const status = useStore(vault, (state) => state.status)
  const [problem, setProblem] = useState<ProblemReport>()
  const [missing, setMissing] = useState<readonly MissingField[]>([])
  /** How often Next found errors. */
  const [attempts, setAttempts] = useState(0)
  const [busy, setBusy] = useState(false)

  async function submit() {
    setProblem(undefined)
    const form = fields.current
    if (form === null) return
    // What was typed as YAML right before counts.
    if ((await yaml.current?.settle()) === false) return
    const draft = store.getState().draft
    const given = draft.settings ?? plane?.settings ?? {}
    // The form shows its errors, but may not have what was read from the YAML right now.
    const isShownValid = settingsForm.current?.validate() ?? true
    const isValid = isShownValid && validator.validateFormData(given, profile.settings).errors.length === 0
    const missingNow = missingCredentials(profile.credentials, isStored, (name) => textIn(form, name) !== '')
    setMissing(missingNow)
    if (!isValid || missingNow.length > 0) return setAttempts((count) => count + 1)
    const secrets = typedSecrets(form, profile.credentials)
    // The vault opens before the plane is created, so that nothing typed is lost.
    if (secrets.length > 0 && status?.state !== 'open') return vault.getState().openDialog(() => void submit())
    setBusy(true)
    const saved = await savePlane(planes, plane, draft)
    if (saved?.ok === false) setProblem(saved.problem)
    if (saved?.ok === true) {
      const notStored = await storeSecrets(vault, saved.value.id, secrets)
      onProblem(notStored)
      if (notStored !== undefined && plane !== undefined) return setBusy(false)
      form.reset()
      store.getState().updateDraft({ edited: false })
      if (plane === undefined) onCreated(saved.value.id)
      else store.getState().go('preflight')
    }
    setBusy(false)
  }

  return { submit: () => void submit(), problem, missing, attempts, busy }
}
