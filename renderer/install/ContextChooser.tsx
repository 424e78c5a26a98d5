import { TextInput } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { ClusterProbe, Context } from '../../preload/contract/clusters.ts'
import { ContextWarnings } from '../clusters/ContextWarnings.tsx'
import type { ClustersStore } from '../clusters/store.ts'
import { matchesWords } from '../lib/matchesWords.ts'
import { t } from '../strings/t.ts'
import { ConsentNotice } from '../trust/ConsentNotice.tsx'
import { needsConsent, type TrustStore } from '../trust/store.ts'
import { CutName } from '../ui/CutName.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { IconSearch } from '../ui/icons.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { checkingStatus, Status, verdictStatus } from '../ui/Status.tsx'
import { useTimeFormat } from '../ui/timeFormat.ts'
import { VirtualList } from '../ui/VirtualList.tsx'
import classes from './Wizard.module.css'

const rowHeightPx = 34
/** A context is contacted after it was selected this long, so that arrow keys can pass over it. */
const selectionDelayMs = 350

export interface ContextChooserProps {
  readonly clusters: ClustersStore
  readonly trust: TrustStore
  readonly chosenId: string | undefined
  readonly onChoose: (contextId: string) => void
}

/** The contexts of the kubeconfig files, and the version and reachability of the chosen one. */
export function ContextChooser({ clusters, trust, chosenId, onChoose }: ContextChooserProps) {
  const list = useStore(clusters, (state) => state.list)
  const problem = useStore(clusters, (state) => state.problem)
  const [filter, setFilter] = useState('')
  const shown = useMemo(() => matching(list?.contexts ?? [], filter), [list, filter])
  const chosen = list?.contexts.find(({ id }) => id === chosenId)

  // A context that demands something of this computer is contacted only after the user has allowed it.
  const probed = chosen === undefined || chosen.problem !== undefined || needsConsent(chosen) ? undefined : chosen.id

  useEffect(() => {
    if (probed === undefined || isAnswered(clusters.getState().probes[probed])) return
    const timer = setTimeout(() => void clusters.getState().probe(probed), selectionDelayMs)
    return () => clearTimeout(timer)
  }, [probed, clusters])

  return (
    <>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {list?.problems.map((one) => (
        <ProblemNotice key={`${one.code}/${one.message}`} problem={one} tone="warn" />
      ))}
      {list === undefined && problem === undefined && <Loading what={t('install.loading.contexts')} />}
      {list?.contexts.length === 0 && (
        <EmptyState drawing="unplugged" title={t('install.cluster.emptyTitle')}>
          {t('install.cluster.empty')}
        </EmptyState>
      )}
      {list !== undefined && list.contexts.length > 0 && (
        <>
          <TextInput
            aria-label={t('install.cluster.filter')}
            placeholder={t('install.cluster.filterPlaceholder')}
            leftSection={<IconSearch size={15} aria-hidden />}
            value={filter}
            onChange={({ currentTarget }) => setFilter(currentTarget.value)}
            rightSectionWidth={110}
            rightSection={<span className={classes.quiet}>{t('install.cluster.count', { count: shown.length })}</span>}
          />
          <div className={classes.contexts}>
            <VirtualList
              items={shown}
              keyOf={({ id }) => id}
              label={t('install.cluster.list')}
              kind="listbox"
              rowHeight={rowHeightPx}
              selected={chosenId}
              onSelect={onChoose}
              renderRow={(context) => <ContextLine context={context} />}
            />
          </div>
        </>
      )}
      <div className={classes.probe}>
        {chosen !== undefined && <SelectedContext context={chosen} clusters={clusters} trust={trust} />}
      </div>
    </>
  )
}

/** Why the chosen context cannot be used; undefined: it can. */
export function blockedContext(contexts: readonly Context[], chosenId: string | undefined): string | undefined {
  const chosen = contexts.find(({ id }) => id === chosenId)
  if (chosen === undefined) return t('install.cluster.chooseFirst')
  return chosen.problem === undefined ? undefined : t('install.cluster.unusable')
}

/** A probe that had no consent is repeated once the user has given it. */
const isAnswered = (probe: ClusterProbe | 'checking' | undefined): boolean =>
  probe !== undefined && (probe === 'checking' || probe.problem?.code !== 'CONSENT_NEEDED')

function matching(contexts: readonly Context[], filter: string): readonly Context[] {
  const hasWords = matchesWords(filter)
  return contexts.filter(({ name, cluster, server }) => hasWords(`${name}\n${cluster}\n${server}`))
}

function ContextLine({ context }: { readonly context: Context }) {
  return (
    <div
      className={classes.context}
      title={t('install.cluster.tooltip', { context: context.name, file: context.file })}
    >
      <span className={classes.contextName}>
        <CutName name={context.name} />
        {context.current && <span className={classes.quiet}>{t('install.cluster.current')}</span>}
      </span>
      <span className={`${classes.quiet} mono`}>
        <CutName name={context.server} />
      </span>
      <SignIn context={context} />
    </div>
  )
}

function SignIn({ context: { problem, warnings, authentication, credentialEndsAt } }: { readonly context: Context }) {
  const { full } = useTimeFormat()
  if (problem !== undefined) return <Status appearance={verdictStatus.fail} label={t('install.cluster.cannotUse')} />
  if (warnings?.some(({ code }) => code === 'CREDENTIAL_ENDED'))
    return <Status appearance={verdictStatus.warn} label={t('install.cluster.ended')} />
  const method = t(`install.cluster.authentication.${authentication}`)
  return (
    <span className={classes.quiet}>
      {credentialEndsAt === undefined ? method : t('install.cluster.endsAt', { method, at: full(credentialEndsAt) })}
    </span>
  )
}

interface SelectedContextProps extends Pick<ContextChooserProps, 'clusters' | 'trust'> {
  readonly context: Context
}

function SelectedContext({ context, clusters, trust }: SelectedContextProps) {
  const probe: ClusterProbe | 'checking' | undefined = useStore(clusters, ({ probes }) => probes[context.id])
  if (context.problem !== undefined) return <ProblemNotice problem={context.problem} />
  if (needsConsent(context)) return <ConsentNotice context={context} store={trust} />
  if (probe === undefined || probe === 'checking') {
    return <Status appearance={checkingStatus} label={t('install.cluster.connecting', { context: context.name })} />
  }
  // The reason comes before what it led to.
  if (probe.problem !== undefined)
    return (
      <>
        <ContextWarnings context={context} />
        <ProblemNotice problem={probe.problem} tone="warn" />
      </>
    )
  const version = probe.version ?? t('install.cluster.unknownVersion')
  const ms = Math.round(probe.elapsedMs)
  return (
    <>
      <ContextWarnings context={context} />
      <Notice tone="good" role="status" title={t('install.cluster.reachable', { context: context.name })}>
        <div>
          {probe.platform === undefined
            ? t('install.cluster.version', { version, ms })
            : t('install.cluster.versionOnPlatform', { version, platform: probe.platform, ms })}
        </div>
      </Notice>
    </>
  )
}
