import { Button, SegmentedControl } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { Plane } from '../../preload/contract/planes.ts'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { CredentialSpec, Profile } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import type { Outcome } from '../lib/outcome.ts'
import type { PlanesStore } from '../planes/store.ts'
import { t } from '../strings/t.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import type { VaultStore } from '../vault/store.ts'
import { Credentials, fieldName } from './Credentials.tsx'
import { ImportValues } from './ImportValues.tsx'
import { LeaveCredentials, storeSecrets, textIn, typedSecrets } from './LeaveCredentials.tsx'
import { ReadCertificates } from './PemField.tsx'
import { SectionIndex } from './SectionIndex.tsx'
import type { FormHandle } from './SettingsForm.tsx'
import type { YamlHandle } from './SettingsYaml.tsx'
import { sameSettings } from './sameSettings.ts'
import { sectionsOf } from './sections.ts'
import type { Draft, InstallStore } from './store.ts'
import { validator } from './validator.ts'
import classes from './Wizard.module.css'
import { Footer, StepFrame } from './Wizard.tsx'

const SettingsYaml = lazy(() => import('./SettingsYaml.tsx').then((file) => ({ default: file.SettingsYaml })))
const ValuesDrawer = lazy(() => import('./ValuesDrawer.tsx').then((file) => ({ default: file.ValuesDrawer })))
const SettingsForm = lazy(() => import('./SettingsForm.tsx').then((file) => ({ default: file.SettingsForm })))

export interface SettingsStepProps {
  readonly store: InstallStore
  readonly plane: Plane | undefined
  readonly profile: Profile
  readonly planes: PlanesStore
  readonly vault: VaultStore
  readonly onProblem: (problem: ProblemReport | undefined) => void
  /** Called after the plane was created. */
  readonly onCreated: (planeId: string) => void
}

type Panes = 'form' | 'yaml' | 'both'
/** Two panes of this wizard fit side by side. */
const wide = '(min-width: 1201px)'

interface MissingField {
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

/** The section of an error: the first step of its path, such as ".controlPlane.host". */
const firstStep = ({ property = '' }: { readonly property?: string | undefined }): string =>
  property.split('.')[1] ?? ''

const panesOf = (value: string): Panes => (value === 'yaml' || value === 'both' ? value : 'form')

const noFields = ({ properties }: JsonObject): boolean => Object.keys(Object(properties)).length === 0

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

/** The plane's settings and secrets. Next creates or updates the plane and saves the secrets in the vault. */
export function SettingsStep(props: SettingsStepProps) {
  const { store, plane, profile, planes, vault, onProblem, onCreated } = props
  const draft = useStore(store, (state) => state.draft)
  const stored = useStore(vault, (state) => (plane === undefined ? undefined : state.stored[plane.id]))
  const status = useStore(vault, (state) => state.status)
  const [problem, setProblem] = useState<ProblemReport>()
  const [missing, setMissing] = useState<readonly MissingField[]>([])
  /** How often Next found errors. */
  const [attempts, setAttempts] = useState(0)
  const [imports, setImports] = useState(0)
  const [isShowingValues, setIsShowingValues] = useState(false)
  const body = useRef<HTMLDivElement>(null)
  const [busy, setBusy] = useState(false)
  const settingsForm = useRef<FormHandle>(null)
  const yaml = useRef<YamlHandle>(null)
  const isWide = useMediaQuery(wide, undefined, { getInitialValueInEffect: false })
  const [chosen, setChosen] = useState<Panes>()
  const panes: Panes = chosen === undefined || (chosen === 'both' && !isWide) ? (isWide ? 'both' : 'form') : chosen
  const fields = useRef<HTMLFormElement>(null)
  const settings = draft.settings ?? plane?.settings ?? {}
  const isStored = (credential: string, key: string) =>
    stored?.some((one) => one.credential === credential && one.key === key) ?? false

  async function submit() {
    setProblem(undefined)
    const form = fields.current
    if (form === null) return
    // What was typed as YAML right before counts.
    if ((await yaml.current?.settle()) === false) return
    const draft = store.getState().draft
    const given = draft.settings ?? settings
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

  const takeYaml = useCallback(
    (next: JsonObject) => {
      const { settings: before = plane?.settings ?? {} } = store.getState().draft
      if (!sameSettings(before, next)) store.getState().updateDraft({ settings: next, edited: true })
    },
    [store, plane],
  )

  // After the render that shows the errors.
  useEffect(() => {
    if (attempts > 0) body.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus()
  }, [attempts])

  const errors =
    attempts === 0 ? [] : (validator.validateFormData(settings, profile.settings).errors ?? []).map(firstStep)
  const sections = sectionsOf(profile.settings, profile.credentials, {
    settings: errors,
    missingCredentials: missing.length,
  })

  return (
    <StepFrame
      title={t('install.settings.title')}
      intro={t('install.settings.intro', { profile: profile.title })}
      footer={
        <Footer store={store} step="settings" next={t('install.next')} busy={busy} onNext={() => void submit()} />
      }
    >
      <LeaveCredentials
        form={fields}
        specs={profile.credentials}
        planeId={plane?.id}
        vault={vault}
        onProblem={onProblem}
      />
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {missing.length > 0 && (
        <Notice tone="warn" role="alert" title={t('install.settings.missing')}>
          <div>{missing.map(({ title }) => title).join(', ')}</div>
        </Notice>
      )}
      {profile.credentials.length > 0 && status !== undefined && status.state !== 'open' && (
        <Notice
          tone="warn"
          title={t('install.settings.vaultClosed')}
          actions={
            <Button variant="default" size="compact-xs" onClick={() => vault.getState().openDialog()}>
              {t('install.settings.openVault')}
            </Button>
          }
        >
          <div>{t('install.settings.vaultClosedDetails')}</div>
        </Notice>
      )}
      {/* Both at once: a form that comes later would push the credentials down. */}
      <Suspense fallback={<Loading what={t('install.loading.form')} />}>
        <ReadCertificates value={store.getState().readCertificates}>
          <div className={classes.settings} data-panes={panes}>
            {sections.length > 1 && <SectionIndex sections={sections} />}
            <div ref={body} className={classes.settingsBody}>
              {!noFields(profile.settings) && (
                <div>
                  <div className={classes.settingsHead}>
                    <h3 className={classes.subtitle}>{t('install.settings.fields')}</h3>
                    <div className={classes.settingsActions}>
                      <SegmentedControl
                        size="xs"
                        aria-label={t('install.yaml.panes')}
                        value={panes}
                        onChange={(value) => setChosen(panesOf(value))}
                        data={(isWide ? (['form', 'yaml', 'both'] as const) : (['form', 'yaml'] as const)).map(
                          (value) => ({ value, label: t(`install.yaml.pane.${value}`) }),
                        )}
                      />
                      <Button variant="default" size="compact-xs" onClick={() => setIsShowingValues(true)}>
                        {t('install.values.open')}
                      </Button>
                      <ImportValues
                        store={store}
                        profile={profile.name}
                        settings={settings}
                        onImported={() => setImports((count) => count + 1)}
                      />
                    </div>
                  </div>
                  <div className={classes.panes}>
                    {/* It stays: it completes the settings with the schema's defaults. */}
                    <div className={classes.form} hidden={panes === 'yaml'}>
                      <SettingsForm
                        key={imports}
                        checked={attempts > 0}
                        schema={profile.settings}
                        value={settings}
                        onChange={(value, by) =>
                          store.getState().updateDraft({ settings: value, ...(by === 'user' && { edited: true }) })
                        }
                        handle={settingsForm}
                      />
                    </div>
                    {panes !== 'form' && (
                      <Suspense fallback={<Loading what={t('install.loading.yaml')} />}>
                        <SettingsYaml
                          store={store}
                          profile={plane?.profile ?? draft.profile ?? profile.name}
                          schema={profile.settings}
                          settings={settings}
                          onSettings={takeYaml}
                          specs={profile.credentials}
                          isStored={isStored}
                          handle={yaml}
                        />
                      </Suspense>
                    )}
                  </div>
                </div>
              )}
              <form ref={fields} onSubmit={(event) => event.preventDefault()} autoComplete="off">
                {profile.credentials.length > 0 && (
                  <Credentials
                    specs={profile.credentials}
                    isStored={isStored}
                    missing={missing.map(({ name }) => name)}
                  />
                )}
              </form>
              {noFields(profile.settings) && profile.credentials.length === 0 && (
                <p className={classes.quiet}>{t('install.settings.none')}</p>
              )}
            </div>
          </div>
        </ReadCertificates>
      </Suspense>
      {isShowingValues && (
        <Suspense fallback={null}>
          <ValuesDrawer
            store={store}
            subject={plane === undefined ? { profile: profile.name } : { planeId: plane.id }}
            settings={settings}
            onClose={() => setIsShowingValues(false)}
          />
        </Suspense>
      )}
    </StepFrame>
  )
}
