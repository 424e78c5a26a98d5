import { Button, Group, Radio, SegmentedControl, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useStore } from 'zustand'
import type { ProblemReport } from '../../preload/contract/problem.ts'
import type { Settings } from '../../preload/contract/settings.ts'
import type { ClustersStore } from '../clusters/store.ts'
import { Loading } from '../ui/Blank.tsx'
import { CopyButton } from '../ui/CopyButton.tsx'
import { ProblemNotice } from '../ui/Notice.tsx'
import { Facts, Panel } from '../ui/Panel.tsx'
import { Status, stepStatus, verdictStatus } from '../ui/Status.tsx'
import type { VaultStore } from '../vault/store.ts'
import classes from './Settings.module.css'
import type { SettingsStore } from './store.ts'

export interface SettingsViewProps {
  readonly store: SettingsStore
  readonly vault: VaultStore
  readonly clusters: ClustersStore
}

const themes = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const satisfies readonly { value: Settings['theme']; label: string }[]

/** What can be chosen for this computer. Each choice holds at once. */
export function SettingsView({ store, vault, clusters }: SettingsViewProps) {
  const settings = useStore(store, (state) => state.settings)
  const loadProblem = useStore(store, (state) => state.problem)
  const [problem, setProblem] = useState<ProblemReport>()
  const change = (part: Partial<Settings>) => void store.getState().change(part).then(setProblem)
  return (
    <div className={classes.settings}>
      <h1 className={classes.heading}>Settings</h1>
      {(problem ?? loadProblem) !== undefined && <Shown problem={problem ?? loadProblem} />}
      {settings === undefined ? (
        loadProblem === undefined && <Loading what="settings" />
      ) : (
        <>
          <Panel title="Appearance">
            <SegmentedControl
              aria-label="Theme"
              data={[...themes]}
              value={settings.theme}
              onChange={(theme) => change({ theme: themes.find(({ value }) => value === theme)?.value ?? 'system' })}
            />
          </Panel>
          <Panel title="Notifications">
            <Switch
              label="Show the system’s notifications when a watch finds a change"
              description="In the desktop app. The window says it in any case."
              checked={settings.notifications}
              onChange={({ currentTarget }) => change({ notifications: currentTarget.checked })}
            />
          </Panel>
          <Panel title="Helm">
            <Radio.Group
              aria-label="Helm"
              value={settings.helm}
              onChange={(helm) => change({ helm: helm === 'path' ? 'path' : 'bundled' })}
            >
              <div className={classes.choices}>
                <Radio
                  value="bundled"
                  label="The one that comes with Hangar"
                  description="Its hash is on Hangar's own list."
                />
                <Radio
                  value="path"
                  label="The one on the PATH, from 4.2.4 on"
                  description="Hangar has not verified it."
                />
              </div>
            </Radio.Group>
            {settings.helm === 'path' && (
              <p className={classes.note}>
                <Status appearance={verdictStatus.warn} label="Unverified" /> Every operation runs a program that Hangar
                does not know.
              </p>
            )}
          </Panel>
          <Kubeconfigs
            files={settings.kubeconfigs}
            clusters={clusters}
            onChange={(kubeconfigs) => change({ kubeconfigs })}
          />
        </>
      )}
      <VaultPanel store={vault} />
      <AboutPanel store={store} />
    </div>
  )
}

function Shown({ problem }: { readonly problem: ProblemReport | undefined }) {
  return problem === undefined ? null : <ProblemNotice problem={problem} />
}

interface KubeconfigsProps {
  readonly files: readonly string[]
  readonly clusters: ClustersStore
  readonly onChange: (files: string[]) => void
}

function Kubeconfigs({ files, clusters, onChange }: KubeconfigsProps) {
  const [file, setFile] = useState('')
  const problems = useStore(clusters, (state) => state.list?.problems)
  const add = () => {
    const path = file.trim()
    if (path !== '' && !files.includes(path)) onChange([...files, path])
    setFile('')
  }
  return (
    <Panel title="Kubeconfig files">
      <p className={classes.note}>KUBECONFIG and ~/.kube/config are always read. These come after them.</p>
      {files.length > 0 && (
        <ul className={classes.files} aria-label="More kubeconfig files">
          {files.map((one) => (
            <li key={one}>
              <span className="mono">{one}</span>
              <Button
                variant="default"
                size="compact-xs"
                aria-label={`Remove ${one}`}
                onClick={() => onChange(files.filter((other) => other !== one))}
              >
                Remove
              </Button>
            </li>
          ))}
        </ul>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          add()
        }}
      >
        <Group gap="xs" align="flex-end">
          <TextInput
            className={classes.file}
            label="Path of a kubeconfig file"
            placeholder="/home/me/clusters/team.yaml"
            value={file}
            onChange={({ currentTarget }) => setFile(currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={file.trim() === ''}>
            Add file
          </Button>
        </Group>
      </form>
      {problems?.map((problem) => (
        <ProblemNotice key={`${problem.code}/${problem.message}`} problem={problem} tone="warn" />
      ))}
    </Panel>
  )
}

function VaultPanel({ store }: { readonly store: VaultStore }) {
  const status = useStore(store, (state) => state.status)
  const problem = useStore(store, (state) => state.problem)
  if (problem !== undefined) return <ProblemNotice problem={problem} />
  if (status === undefined) return null
  const open = status.state === 'open'
  return (
    <Panel title="Vault">
      <Facts
        rows={[
          [
            'State',
            <Status
              key="state"
              appearance={open ? stepStatus.done : verdictStatus.warn}
              label={open ? 'Open' : status.state === 'empty' ? 'No passphrase yet' : 'Locked'}
            />,
          ],
          ['Guarded by', status.backend === 'keychain' ? "this computer's keychain" : 'a passphrase'],
          ...(status.reason === '' ? [] : ([['Why', status.reason]] as const)),
        ]}
      />
    </Panel>
  )
}

const hosts = { desktop: 'Desktop app', browser: 'Browser', terminal: 'Terminal' } as const

function AboutPanel({ store }: { readonly store: SettingsStore }) {
  const about = useStore(store, (state) => state.about)
  if (about === undefined) return null
  const rows = [
    ['Version', about.version],
    ['Host', hosts[about.host]],
    ['State folder', about.home],
    ['Runtime', about.runtime],
    ['Platform', about.platform],
  ] as const
  return (
    <Panel
      title="About Hangar"
      aside={<CopyButton label="Copy" text={() => rows.map(([name, value]) => `${name}: ${value}`).join('\n')} />}
    >
      <Facts rows={rows} />
      <p className={classes.note}>Hangar sends nothing anywhere. It talks to your clusters and to nothing else.</p>
    </Panel>
  )
}
