import { TextInput } from '@mantine/core'
import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand'
import type { ClusterProbe, Context } from '../../preload/contract/clusters.ts'
import type { ClustersStore } from '../clusters/store.ts'
import { counted } from '../lib/time.ts'
import { Blank, Loading } from '../ui/Blank.tsx'
import { IconSearch } from '../ui/icons.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { checkingStatus, Status, verdictStatus } from '../ui/Status.tsx'
import { VirtualList } from '../ui/VirtualList.tsx'
import type { InstallStore } from './store.ts'
import classes from './Wizard.module.css'
import { Footer, StepFrame } from './Wizard.tsx'

const rowHeightPx = 34
/** The arrow keys pass over many contexts; only one that they rest on is asked. */
const restMs = 350
const signIn: Readonly<Record<Context['authentication'], string>> = {
  none: 'no sign-in',
  certificate: 'certificate',
  token: 'token',
  basic: 'password',
  exec: 'program',
  oidc: 'OIDC',
  unknown: 'not known',
}

/** Which cluster: every context of the kubeconfig files, with the one chosen being asked whether it answers. */
export function ClusterStep({ store, clusters }: { readonly store: InstallStore; readonly clusters: ClustersStore }) {
  const list = useStore(clusters, (state) => state.list)
  const problem = useStore(clusters, (state) => state.problem)
  const chosenId = useStore(store, ({ draft }) => draft.contextId)
  const { describe, go } = store.getState()
  const [filter, setFilter] = useState('')
  const shown = useMemo(() => matching(list?.contexts ?? [], filter), [list, filter])
  const chosen = list?.contexts.find(({ id }) => id === chosenId)

  useEffect(() => {
    if (chosenId === undefined || clusters.getState().probes[chosenId] !== undefined) return
    const timer = setTimeout(() => void clusters.getState().probe(chosenId), restMs)
    return () => clearTimeout(timer)
  }, [chosenId, clusters])

  const blocked =
    chosen === undefined
      ? 'Choose a context.'
      : chosen.problem !== undefined
        ? 'This context cannot be used.'
        : undefined
  return (
    <StepFrame
      title="Choose the cluster"
      intro="The contexts of your kubeconfig files. Nothing in the cluster is changed before the plan has been shown."
      footer={<Footer store={store} step="cluster" next="Next" blocked={blocked} onNext={() => go('profile')} />}
    >
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {list?.problems.map((one) => (
        <ProblemNotice key={`${one.code}/${one.message}`} problem={one} tone="warn" />
      ))}
      {list === undefined && problem === undefined && <Loading what="contexts" />}
      {list?.contexts.length === 0 && (
        <Blank title="No context found">
          Hangar reads KUBECONFIG and ~/.kube/config. Add more files in the settings; they show here at once.
        </Blank>
      )}
      {list !== undefined && list.contexts.length > 0 && (
        <>
          <TextInput
            aria-label="Filter contexts"
            placeholder="Filter by name, cluster or server"
            leftSection={<IconSearch size={15} aria-hidden />}
            value={filter}
            onChange={({ currentTarget }) => setFilter(currentTarget.value)}
            rightSectionWidth={110}
            rightSection={<span className={classes.quiet}>{counted(shown.length, 'context')}</span>}
          />
          <div className={classes.contexts}>
            <VirtualList
              items={shown}
              keyOf={({ id }) => id}
              label="Contexts"
              kind="listbox"
              rowHeight={rowHeightPx}
              selected={chosenId}
              onSelect={(contextId) => describe({ contextId })}
              renderRow={(context) => <ContextLine context={context} />}
            />
          </div>
        </>
      )}
      <div className={classes.probe}>{chosen !== undefined && <Chosen context={chosen} clusters={clusters} />}</div>
    </StepFrame>
  )
}

function matching(contexts: readonly Context[], filter: string): readonly Context[] {
  const text = filter.trim().toLowerCase()
  if (text === '') return contexts
  return contexts.filter(({ name, cluster, server }) => `${name}\n${cluster}\n${server}`.toLowerCase().includes(text))
}

function ContextLine({ context }: { readonly context: Context }) {
  return (
    <div className={classes.context} title={`${context.name}, in ${context.file}`}>
      <span>
        {context.name}
        {context.current && <span className={classes.quiet}> (current)</span>}
      </span>
      <span className={`${classes.quiet} mono`}>{context.server}</span>
      {context.problem === undefined ? (
        <span className={classes.quiet}>{signIn[context.authentication]}</span>
      ) : (
        <Status appearance={verdictStatus.fail} label="Unusable" />
      )}
    </div>
  )
}

function Chosen({ context, clusters }: { readonly context: Context; readonly clusters: ClustersStore }) {
  const probe: ClusterProbe | 'checking' | undefined = useStore(clusters, ({ probes }) => probes[context.id])
  if (context.problem !== undefined) return <ProblemNotice problem={context.problem} />
  if (probe === undefined || probe === 'checking') {
    return <Status appearance={checkingStatus} label={`Asking ${context.name} for its version`} />
  }
  if (probe.problem !== undefined) return <ProblemNotice problem={probe.problem} tone="warn" />
  return (
    <Notice tone="busy" role="status" title={`${context.name} answers`}>
      <div>
        Kubernetes {probe.version ?? 'of a version it does not tell'}
        {probe.platform !== undefined && ` on ${probe.platform}`}, in {Math.round(probe.elapsedMs)} ms.
      </div>
    </Notice>
  )
}
