import { Button } from '@mantine/core'
import { lazy, Suspense, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { CredentialSpec, Profile } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import type { NewPlane, PlanesStore } from '../planes/store.ts'
import { Loading } from '../ui/Blank.tsx'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import type { VaultStore } from '../vault/store.ts'
import { Credentials, fieldName } from './Credentials.tsx'
import type { FormHandle } from './SettingsForm.tsx'
import type { InstallStore } from './store.ts'
import classes from './Wizard.module.css'
import { Footer, StepFrame } from './Wizard.tsx'

const SettingsForm = lazy(() => import('./SettingsForm.tsx').then((file) => ({ default: file.SettingsForm })))

export interface SettingsStepProps {
  readonly store: InstallStore
  readonly plane: Plane | undefined
  readonly profile: Profile
  readonly planes: PlanesStore
  readonly vault: VaultStore
  readonly onProblem: (problem: ProblemReport | undefined) => void
  /** The plane has just been made. */
  readonly onCreated: (planeId: string) => void
}

/** Required credentials that are neither stored nor typed. */
function missing(
  specs: readonly CredentialSpec[],
  isStored: (credential: string, key: string) => boolean,
  isTyped: (name: string) => boolean,
): readonly string[] {
  return specs
    .filter(({ required }) => required)
    .flatMap(({ id, title, keys }) =>
      keys
        .filter(({ key }) => !isStored(id, key) && !isTyped(fieldName(id, key)))
        .map((one) => (keys.length === 1 ? title : `${title}: ${one.title}`)),
    )
}

const noFields = ({ properties }: JsonObject): boolean => Object.keys(Object(properties)).length === 0

/** The plane's settings and secrets. Going on makes the plane, or changes it, and hands the secrets to the vault. */
export function SettingsStep(props: SettingsStepProps) {
  const { store, plane, profile, planes, vault, onProblem, onCreated } = props
  const draft = useStore(store, (state) => state.draft)
  const stored = useStore(vault, (state) => (plane === undefined ? undefined : state.stored[plane.id]))
  const status = useStore(vault, (state) => state.status)
  const [problem, setProblem] = useState<ProblemReport>()
  const [lacking, setLacking] = useState<readonly string[]>([])
  const [busy, setBusy] = useState(false)
  const settingsForm = useRef<FormHandle>(null)
  const fields = useRef<HTMLFormElement>(null)
  const settings = draft.settings ?? plane?.settings ?? {}
  const isStored = (credential: string, key: string) =>
    stored?.some((one) => one.credential === credential && one.key === key) ?? false

  async function saved(): Promise<Plane | undefined> {
    if (plane !== undefined && draft.settings === undefined) return plane
    const { contextId, profile: name, managementModel, name: planeName } = draft
    if (plane === undefined && (!contextId || !name || !managementModel || !planeName)) return undefined
    const wanted = { contextId, profile: name, managementModel, name: planeName, settings, overrides: {} } as NewPlane // checked above
    const outcome =
      plane === undefined
        ? await planes.getState().create(wanted)
        : await planes.getState().update(plane.id, { settings })
    if (outcome.ok) return outcome.value
    setProblem(outcome.problem)
    return undefined
  }

  async function goOn() {
    setProblem(undefined)
    const form = fields.current
    if (form === null || (settingsForm.current !== null && !settingsForm.current.validate())) return
    const typed = new FormData(form)
    const textIn = (name: string): string => {
      const value = typed.get(name)
      return typeof value === 'string' ? value : ''
    }
    const lacks = missing(profile.credentials, isStored, (name) => textIn(name) !== '')
    setLacking(lacks)
    if (lacks.length > 0) return
    const secrets = profile.credentials.flatMap(({ id, keys }) =>
      keys.filter(({ key }) => textIn(fieldName(id, key)) !== '').map(({ key }) => ({ id, key })),
    )
    // Asked before the plane is made, so that nothing typed is lost on the way.
    if (secrets.length > 0 && status?.state !== 'open') return vault.getState().ask()
    setBusy(true)
    const made = await saved()
    if (made !== undefined) {
      for (const { id, key } of secrets) {
        onProblem(await vault.getState().put(made.id, id, key, textIn(fieldName(id, key))))
      }
      form.reset()
      if (plane === undefined) onCreated(made.id)
      else store.getState().go('preflight')
    }
    setBusy(false)
  }

  return (
    <StepFrame
      title="Credentials and settings"
      intro={`What ${profile.title} asks of you. Settings are kept with the plane; credentials go to the vault.`}
      footer={<Footer store={store} step="settings" next="Next" busy={busy} onNext={() => void goOn()} />}
    >
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {lacking.length > 0 && (
        <Notice tone="warn" role="alert" title="Credentials are missing">
          <div>{lacking.join(', ')}</div>
        </Notice>
      )}
      {profile.credentials.length > 0 && status !== undefined && status.state !== 'open' && (
        <Notice
          tone="warn"
          title="The vault is not open, so credentials cannot be stored yet."
          actions={
            <Button variant="default" size="compact-xs" onClick={() => vault.getState().ask()}>
              Open the vault
            </Button>
          }
        />
      )}
      {!noFields(profile.settings) && (
        <div>
          <h3 className={classes.subtitle}>Settings</h3>
          <div className={classes.form}>
            <Suspense fallback={<Loading what="the form" />}>
              <SettingsForm
                schema={profile.settings}
                value={settings}
                onChange={(value) => store.getState().describe({ settings: value })}
                handle={settingsForm}
              />
            </Suspense>
          </div>
        </div>
      )}
      <form ref={fields} onSubmit={(event) => event.preventDefault()} autoComplete="off">
        {profile.credentials.length > 0 && <Credentials specs={profile.credentials} isStored={isStored} />}
      </form>
      {noFields(profile.settings) && profile.credentials.length === 0 && (
        <p className={classes.quiet}>This profile asks for nothing.</p>
      )}
    </StepFrame>
  )
}
