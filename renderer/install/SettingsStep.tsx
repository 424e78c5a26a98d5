import { Button } from '@mantine/core'
import { Suspense, useEffect, useRef } from 'react'
import { useStore } from 'zustand'
import type { JsonObject } from '../../preload/contract/words.ts'
import { t } from '../strings/t.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { Credentials } from './Credentials.tsx'
import { LeaveCredentials } from './LeaveCredentials.tsx'
import { ReadCertificates } from './PemField.tsx'
import { SectionIndex } from './SectionIndex.tsx'
import { SettingsFields, usePanes } from './SettingsFields.tsx'
import type { FormHandle } from './SettingsForm.tsx'
import type { YamlHandle } from './SettingsYaml.tsx'
import { sectionsOf } from './sections.ts'
import { type SettingsInput, useSettingsSubmit } from './settingsSubmit.ts'
import { validator } from './validator.ts'
import classes from './Wizard.module.css'
import { Footer, StepFrame } from './Wizard.tsx'

/** The section of an error: the first step of its path, such as ".controlPlane.host". */
const firstStep = ({ property = '' }: { readonly property?: string | undefined }): string =>
  property.split('.')[1] ?? ''

const noFields = ({ properties }: JsonObject): boolean => Object.keys(Object(properties)).length === 0

/** The plane's settings and secrets. Next creates or updates the plane and saves the secrets in the vault. */
export function SettingsStep(props: SettingsInput) {
  const { store, plane, profile, vault, onProblem } = props
  const draft = useStore(store, (state) => state.draft)
  const stored = useStore(vault, (state) => (plane === undefined ? undefined : state.stored[plane.id]))
  const body = useRef<HTMLDivElement>(null)
  const form = useRef<FormHandle>(null)
  const yaml = useRef<YamlHandle>(null)
  const fields = useRef<HTMLFormElement>(null)
  const panes = usePanes()
  const settings = draft.settings ?? plane?.settings ?? {}
  const isStored = (credential: string, key: string) =>
    stored?.some((one) => one.credential === credential && one.key === key) ?? false
  const { submit, problem, missing, attempts, busy } = useSettingsSubmit(props, { fields, form, yaml, isStored })

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
  const isEmpty = noFields(profile.settings)

  return (
    <StepFrame
      title={t('install.settings.title')}
      intro={t('install.settings.intro', { profile: profile.title })}
      footer={<Footer store={store} step="settings" next={t('install.next')} busy={busy} onNext={submit} />}
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
      {profile.credentials.length > 0 && <ClosedVault vault={vault} />}
      {/* Both at once: a form that comes later would push the credentials down. */}
      <Suspense fallback={<Loading what={t('install.loading.form')} />}>
        <ReadCertificates value={store.getState().readCertificates}>
          <div className={classes.settings} data-panes={panes.panes}>
            {sections.length > 1 && <SectionIndex sections={sections} />}
            <div ref={body} className={classes.settingsBody}>
              {!isEmpty && (
                <SettingsFields
                  store={store}
                  plane={plane}
                  profile={profile}
                  settings={settings}
                  panes={panes}
                  checked={attempts > 0}
                  isStored={isStored}
                  form={form}
                  yaml={yaml}
                />
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
              {isEmpty && profile.credentials.length === 0 && (
                <p className={classes.quiet}>{t('install.settings.none')}</p>
              )}
            </div>
          </div>
        </ReadCertificates>
      </Suspense>
    </StepFrame>
  )
}

/** Before anything is typed: the credentials need an open vault. */
function ClosedVault({ vault }: Pick<SettingsInput, 'vault'>) {
  const status = useStore(vault, (state) => state.status)
  if (status === undefined || status.state === 'open') return null
  return (
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
  )
}
