import { Button, FileButton, Group, NativeSelect, NumberInput, Radio, SegmentedControl, Switch } from '@mantine/core'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useStore } from 'zustand'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { Settings } from '../../preload/contract/settings.ts'
import { decodeYaml } from '../../preload/decode-yaml.ts'
import type { ClustersStore } from '../clusters/store.ts'
import { timeFormat } from '../lib/time.ts'
import { t } from '../strings/t.ts'
import { GrantsPanel } from '../trust/GrantsPanel.tsx'
import { HelmConsent } from '../trust/HelmConsent.tsx'
import type { TrustStore } from '../trust/store.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { useHighlight } from '../ui/highlight.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Facts, Panel } from '../ui/Panel.tsx'
import { SearchField } from '../ui/SearchField.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { Status, stepStatus, verdictStatus } from '../ui/Status.tsx'
import type { VaultStore } from '../vault/store.ts'
import classes from './Settings.module.css'
import { matchingSections, type SettingsSection, wordsIn } from './search.ts'
import type { SettingsStore } from './store.ts'

export interface SettingsViewProps {
  readonly store: SettingsStore
  readonly vault: VaultStore
  readonly clusters: ClustersStore
  readonly trust: TrustStore
  /** The part that the address names: it scrolls into view. */
  readonly section?: string | undefined
  /** Only the parts that have these words; in the address. */
  readonly text: string
  readonly onSearch: (text: string) => void
}

const themes = (['system', 'light', 'dark'] as const satisfies readonly Settings['theme'][]).map((value) => ({
  value,
  label: t(`settings.appearance.themes.${value}`),
}))

/** With the offset of today: it can differ between summer and winter. */
const timeZones = () => [
  { value: 'local', label: t('settings.appearance.timeZones.local', { zone: timeFormat('local').zone(new Date()) }) },
  { value: 'utc', label: t('settings.appearance.timeZones.utc') },
]

/** The settings of this computer. A change takes effect immediately. */
export function SettingsView({ store, vault, clusters, trust, section, text, onSearch }: SettingsViewProps) {
  const settings = useStore(store, (state) => state.settings)
  const loadProblem = useStore(store, (state) => state.problem)
  const [changeProblem, setChangeProblem] = useState<ProblemReport>()
  const problem = changeProblem ?? loadProblem
  const isLoaded = settings !== undefined
  useEffect(() => {
    if (section === undefined || !isLoaded) return
    const panel = document.getElementById(`settings-${section}`)
    panel?.scrollIntoView({ block: 'start' })
    panel?.focus({ preventScroll: true })
  }, [section, isLoaded])
  const change = (part: Partial<Settings>) => void store.getState().change(part).then(setChangeProblem)
  const sections = useRef<HTMLDivElement>(null)
  const found = matchingSections(text)
  useHighlight(sections, wordsIn(text))
  const shown = (of: SettingsSection, part: ReactNode) => found.has(of) && part
  return (
    <div className={classes.settings} ref={sections}>
      <h1 className={classes.heading}>{t('settings.title')}</h1>
      <SearchField
        label={t('settings.search')}
        placeholder={t('settings.searchHint')}
        value={text}
        onChange={onSearch}
      />
      {found.size === 0 && (
        <EmptyState drawing="page" title={t('settings.noMatch')}>
          {t('settings.noMatchAbout')}
        </EmptyState>
      )}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {settings === undefined ? (
        loadProblem === undefined && <Loading what={t('settings.loading')} />
      ) : (
        <>
          {shown(
            'appearance',
            <Panel id="settings-appearance" title={t('settings.appearance.title')}>
              <div className={classes.choices}>
                <SegmentedControl
                  aria-label={t('settings.appearance.theme')}
                  data={themes}
                  value={settings.theme}
                  onChange={(theme) =>
                    change({ theme: themes.find(({ value }) => value === theme)?.value ?? 'system' })
                  }
                />
                <SegmentedControl
                  aria-label={t('settings.appearance.times')}
                  data={timeZones()}
                  value={settings.timeZone}
                  onChange={(zone) => change({ timeZone: zone === 'utc' ? 'utc' : 'local' })}
                />
              </div>
            </Panel>,
          )}
          {shown(
            'notifications',
            <Panel id="settings-notifications" title={t('settings.notifications.title')}>
              <Switch
                label={t('settings.notifications.system')}
                description={t('settings.notifications.systemDetails')}
                checked={settings.notifications}
                onChange={({ currentTarget }) => change({ notifications: currentTarget.checked })}
              />
            </Panel>,
          )}
          {shown(
            'helm',
            <Panel id="settings-helm" title={t('settings.helm.title')}>
              <Radio.Group
                aria-label={t('settings.helm.title')}
                value={settings.helm}
                onChange={(helm) => change({ helm: helm === 'path' ? 'path' : 'bundled' })}
              >
                <div className={classes.choices}>
                  <Radio
                    value="bundled"
                    label={t('settings.helm.bundled')}
                    description={t('settings.helm.bundledDetails')}
                  />
                  <Radio value="path" label={t('settings.helm.path')} description={t('settings.helm.pathDetails')} />
                </div>
              </Radio.Group>
              {settings.helm === 'path' && (
                <>
                  <p className={classes.note}>
                    <Status appearance={verdictStatus.warn} label={t('settings.helm.unverified')} />{' '}
                    {t('settings.helm.warning')}
                  </p>
                  <HelmConsent store={trust} />
                </>
              )}
            </Panel>,
          )}
          {shown('kubeconfigs', <Kubeconfigs store={store} clusters={clusters} />)}
        </>
      )}
      {shown('allowed', <GrantsPanel store={trust} />)}
      {shown('vault', <VaultPanel store={vault} settings={settings} onChange={change} />)}
      {shown('about', <AboutPanel store={store} />)}
    </div>
  )
}

interface KubeconfigsProps {
  readonly store: SettingsStore
  readonly clusters: ClustersStore
}

/** The window never names a path: the desktop app opens the system's dialog, the browser sends the text of a file. */
function Kubeconfigs({ store, clusters }: KubeconfigsProps) {
  const files = useStore(clusters, (state) => state.files)
  const problems = useStore(clusters, (state) => state.list?.problems)
  const host = useStore(store, (state) => state.about?.host)
  const [problem, setProblem] = useState<ProblemReport>()
  const { loadFiles, chooseFile, uploadFile, removeFile } = clusters.getState()
  useEffect(() => void loadFiles().then(setProblem), [loadFiles])
  const upload = async (file: File | null) => {
    if (file !== null) setProblem(await uploadFile({ name: file.name, text: await textOf(file) }))
  }
  return (
    <Panel id="settings-kubeconfigs" title={t('settings.kubeconfigs.title')}>
      <p className={classes.note}>{t('settings.kubeconfigs.details')}</p>
      {files !== undefined && files.length > 0 && (
        <ul className={classes.files} aria-label={t('settings.kubeconfigs.list')}>
          {files.map(({ id, name, origin }) => (
            <li key={id}>
              <span className="mono">{name}</span>
              <span className={classes.note}>{t(`settings.kubeconfigs.origins.${origin}`)}</span>
              <Button
                variant="default"
                size="compact-xs"
                aria-label={t('settings.kubeconfigs.removeFile', { file: name })}
                onClick={() => void removeFile(id).then(setProblem)}
              >
                {t('settings.kubeconfigs.remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {host === 'browser' ? (
        <FileButton onChange={(file) => void upload(file)}>
          {(props) => (
            <Button variant="default" {...props}>
              {t('settings.kubeconfigs.add')}
            </Button>
          )}
        </FileButton>
      ) : (
        <Button variant="default" onClick={() => void chooseFile().then(setProblem)}>
          {t('settings.kubeconfigs.add')}
        </Button>
      )}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {problems?.map((each) => (
        <ProblemNotice key={`${each.code}/${each.message}`} problem={each} tone="warn" />
      ))}
    </Panel>
  )
}

const autoLockModes = (['automatic', 'on', 'off'] as const satisfies readonly Settings['vaultAutoLock'][]).map(
  (value) => ({ value, label: t(`settings.vault.autoLockModes.${value}`) }),
)

interface VaultPanelProps {
  readonly store: VaultStore
  readonly settings: Settings | undefined
  readonly onChange: (part: Partial<Settings>) => void
}

function VaultPanel({ store, settings, onChange }: VaultPanelProps) {
  const status = useStore(store, (state) => state.status)
  const loadProblem = useStore(store, (state) => state.problem)
  const [actionProblem, setActionProblem] = useState<ProblemReport>()
  const [rekeyed, setRekeyed] = useState(false)
  const problem = actionProblem ?? loadProblem
  const { lock, rekey } = store.getState()
  if (problem !== undefined) return <ProblemNotice problem={problem} />
  if (status === undefined) return null
  return (
    <Panel id="settings-vault" title={t('settings.vault.title')}>
      <Facts
        rows={[
          [
            t('settings.vault.state'),
            <Status
              key="state"
              appearance={status.state === 'open' ? stepStatus.done : verdictStatus.warn}
              label={t(`settings.vault.states.${status.state}`)}
            />,
          ],
          [t('settings.vault.protectedBy'), t(`settings.vault.backend.${status.backend}`)],
          ...(status.reason === ''
            ? []
            : ([
                [t('settings.vault.keychain'), t('settings.vault.keychainUnavailable', { reason: status.reason })],
              ] as const)),
        ]}
      />
      {status.state === 'open' && (
        <Group gap="xs">
          <Button variant="default" onClick={() => void lock().then(setActionProblem)}>
            {t('settings.vault.lock')}
          </Button>
          <Button
            variant="default"
            onClick={() =>
              void rekey().then((rekeyProblem) => {
                setActionProblem(rekeyProblem)
                setRekeyed(rekeyProblem === undefined)
              })
            }
          >
            {t('settings.vault.rekey')}
          </Button>
          <span role="status">{rekeyed ? t('settings.vault.rekeyed') : ''}</span>
        </Group>
      )}
      <p className={classes.note}>{t('settings.vault.rekeyDetails')}</p>
      {settings !== undefined && (
        <>
          <NativeSelect
            className={classes.file}
            label={t('settings.vault.autoLock')}
            description={t('settings.vault.autoLockDetails')}
            data={autoLockModes}
            value={settings.vaultAutoLock}
            onChange={({ currentTarget: { value } }) =>
              onChange({ vaultAutoLock: autoLockModes.find((mode) => mode.value === value)?.value ?? 'automatic' })
            }
          />
          {settings.vaultAutoLock !== 'off' && (
            <NumberInput
              className={classes.file}
              label={t('settings.vault.idleMinutes')}
              min={1}
              max={1_440}
              allowDecimal={false}
              clampBehavior="strict"
              value={settings.vaultIdleMinutes}
              onChange={(minutes) => {
                if (typeof minutes === 'number' && minutes >= 1) onChange({ vaultIdleMinutes: minutes })
              }}
            />
          )}
        </>
      )}
    </Panel>
  )
}

function AboutPanel({ store }: { readonly store: SettingsStore }) {
  const about = useStore(store, (state) => state.about)
  if (about === undefined) return null
  const rows = [
    [t('settings.about.version'), about.version],
    [t('settings.about.host'), t(`settings.about.hosts.${about.host}`)],
    [t('settings.about.home'), about.home],
    [t('settings.about.runtime'), about.runtime],
    [t('settings.about.platform'), about.platform],
  ] as const
  return (
    <Panel
      id="settings-about"
      title={t('settings.about.title')}
      aside={
        <CopyButton
          label={t('settings.about.copy')}
          text={() => rows.map(([name, value]) => `${name}: ${value}`).join('\n')}
        />
      }
    >
      <Facts rows={rows} />
      <p className={classes.note}>{t('settings.about.privacy')}</p>
    </Panel>
  )
}

/** What is no text is sent as it is: the refusal names the reason. */
const textOf = async (file: File): Promise<string> =>
  decodeYaml(new Uint8Array(await file.arrayBuffer())) ?? (await file.text())
