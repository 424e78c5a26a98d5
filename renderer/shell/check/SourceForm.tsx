import { Button, FileButton, SegmentedControl, Textarea } from '@mantine/core'
import { Suspense, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ProfileFault } from '../../../preload/contract/profiles.ts'
import type { FormHandle } from '../../install/SettingsForm.tsx'
import { expectedText } from '../../profiles/expectedText.ts'
import { Rich } from '../../strings/Rich.tsx'
import { t } from '../../strings/t.ts'
import { IconPlay } from '../../ui/icons.ts'
import { lazyView } from '../../ui/lazyView.tsx'
import { NameSelect } from '../../ui/NameSelect.tsx'
import { Notice, ProblemNotice } from '../../ui/Notice.tsx'
import { Loading } from '../../ui/Skeleton.tsx'
import { useSession } from '../sessionContext.ts'
import classes from './CheckView.module.css'

const SettingsForm = lazyView(() => import('../../install/SettingsForm.tsx').then((file) => file.SettingsForm))

/** As in the contract. */
const largestListBytes = 2_000_000

/** What to check: the endpoints of a profile with its settings, or a bare list. */
export function SourceForm() {
  const { tableCheck } = useSession()
  const { source, profile, text, problem, busy, open, chooseSource, check, show } = useStore(tableCheck.table)
  const settingsForm = useRef<FormHandle>(null)
  const isReady = source === 'profile' ? profile !== undefined : text.trim() !== ''
  const start = () => {
    if (source === 'profile' && settingsForm.current?.validate() === false) return
    void check()
  }
  return (
    <div className={classes.form}>
      <p className={classes.intro}>{t('connectivity.table.intro')}</p>
      <SegmentedControl
        className={classes.source}
        aria-label={t('connectivity.table.source')}
        data={[
          { value: 'profile', label: t('connectivity.table.sources.profile') },
          { value: 'list', label: t('connectivity.table.sources.list') },
        ]}
        value={source}
        onChange={(value) => chooseSource(value === 'list' ? 'list' : 'profile')}
      />
      {source === 'profile' ? <ProfileSource handle={settingsForm} /> : <ListSource />}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <div className={classes.actions}>
        <Button leftSection={<IconPlay size={15} aria-hidden />} loading={busy} disabled={!isReady} onClick={start}>
          {t('connectivity.table.check')}
        </Button>
        {open !== undefined && (
          <Button variant="default" onClick={() => show('results')}>
            {t('connectivity.table.results')}
          </Button>
        )}
      </div>
    </div>
  )
}

function ProfileSource({ handle }: { readonly handle: React.RefObject<FormHandle | null> }) {
  const { tableCheck, profiles } = useSession()
  const { profile: name, settings, chooseProfile, setSettings } = useStore(tableCheck.table)
  const entries = useStore(profiles, (state) => state.entries)
  const profile = useStore(profiles, (state) => (name === undefined ? undefined : state.profiles[name]))
  useEffect(() => {
    if (name !== undefined) void profiles.getState().get(name)
  }, [name, profiles])
  const hasSettings = profile?.ok === true && Object.keys(Object(profile.value.settings.properties)).length > 0
  return (
    <>
      <NameSelect
        label={t('connectivity.table.profile')}
        description={t('connectivity.table.profileHint')}
        placeholder={t('connectivity.table.chooseProfile')}
        data={(entries ?? [])
          .filter((entry) => entry.problem === undefined)
          .map((entry) => ({ value: entry.name, label: entry.title }))}
        value={name ?? null}
        allowDeselect={false}
        onChange={(value) => chooseProfile(value ?? undefined)}
      />
      {name !== undefined && profile === undefined && <Loading what={t('connectivity.table.loadingProfile')} />}
      {profile?.ok === false && <ProblemNotice problem={profile.problem} />}
      {hasSettings && (
        <section aria-label={t('connectivity.table.settings')}>
          <h2 className={classes.subtitle}>{t('connectivity.table.settings')}</h2>
          <Suspense fallback={<Loading what={t('connectivity.table.loadingForm')} />}>
            <SettingsForm
              key={name}
              schema={profile.value.settings}
              value={settings}
              onChange={setSettings}
              handle={handle}
            />
          </Suspense>
        </section>
      )}
    </>
  )
}

function ListSource() {
  const { tableCheck } = useSession()
  const { text, title, faults, setText } = useStore(tableCheck.table)
  const [isUnreadable, setUnreadable] = useState(false)
  async function read(file: File | null) {
    if (file === null) return
    const content = file.size > largestListBytes ? undefined : await file.text()
    setUnreadable(content === undefined || content.includes('\0'))
    if (content !== undefined && !content.includes('\0')) setText(content, file.name)
  }
  return (
    <div>
      <Textarea
        label={t('connectivity.table.list')}
        description={<Rich message="connectivity.table.listHint" />}
        classNames={{ input: 'mono' }}
        rows={14}
        spellCheck={false}
        maxLength={largestListBytes}
        value={text}
        error={faults.length > 0 ? t('connectivity.table.faults') : undefined}
        onChange={({ currentTarget }) => setText(currentTarget.value, title || t('connectivity.table.pasted'))}
      />
      <div className={classes.actions}>
        <FileButton onChange={(file) => void read(file)}>
          {(props) => (
            <Button {...props} variant="subtle" size="compact-xs">
              {t('connectivity.table.openFile')}
            </Button>
          )}
        </FileButton>
        {text === '' && (
          <Button
            variant="subtle"
            size="compact-xs"
            onClick={() => setText(t('connectivity.table.exampleList'), t('connectivity.table.pasted'))}
          >
            {t('connectivity.table.example')}
          </Button>
        )}
      </div>
      {isUnreadable && <Notice tone="bad" role="alert" title={t('connectivity.table.notText')} />}
      {faults.length > 0 && (
        <div role="alert">
          <ul className={classes.faults} aria-label={t('connectivity.table.faults')}>
            {faults.map((fault) => (
              <li key={`${fault.line}:${fault.column}:${fault.field}`}>
                <strong>{t('profiles.errors.line', { line: fault.line })}</strong> {faultText(fault)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  )
}

const faultText = (fault: ProfileFault): string =>
  fault.field === ''
    ? expectedText(fault)
    : t('profiles.errors.inField', { field: fault.field, message: expectedText(fault) })
