import { Button } from '@mantine/core'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { PreflightResult } from '../../preload/contract/install.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { IconRefresh } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { checkingStatus, Status, verdictStatus } from '../ui/Status.tsx'
import { Ago } from '../ui/Time.tsx'
import { type InstallStore, type PreflightSays, preflightSays } from './store.ts'
import classes from './Wizard.module.css'
import { Footer, StepFrame } from './Wizard.tsx'

const blockedBy: Readonly<Record<PreflightSays, string | undefined>> = {
  never: 'Run the preflight first.',
  running: 'The preflight is running.',
  blocked: 'A check failed that cannot be passed over.',
  warned: undefined,
  clear: undefined,
}

/** What the cluster lacks, before anything is done to it. */
export function PreflightStep({ store }: { readonly store: InstallStore }) {
  const preflight = useStore(store, (state) => state.preflight)
  const { runPreflight, go } = store.getState()
  const { state, checks, results, startedAt, problem } = preflight

  useEffect(() => {
    if (state === 'never') void runPreflight()
  }, [state, runPreflight])

  return (
    <StepFrame
      title="Preflight"
      intro="Looks at the cluster and changes nothing: version, permissions, capacity, storage, and what is there already."
      footer={
        <Footer
          store={store}
          step="preflight"
          next="Next"
          blocked={blockedBy[preflightSays(preflight)]}
          onNext={() => go('connectivity')}
        />
      }
    >
      <div className={classes.actions}>
        <Button
          variant="default"
          leftSection={<IconRefresh size={15} aria-hidden />}
          loading={state === 'running'}
          onClick={() => void runPreflight()}
        >
          Run again
        </Button>
        {state === 'done' && startedAt !== undefined && (
          <span className={classes.quiet} role="status">
            Checked <Ago at={startedAt} />
          </span>
        )}
      </div>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <ul className={classes.list} aria-label="Preflight checks">
        {checks.map(({ id, title }) => (
          <CheckLine key={id} title={title} result={results[id]} />
        ))}
      </ul>
    </StepFrame>
  )
}

function CheckLine({ title, result }: { readonly title: string; readonly result: PreflightResult | undefined }) {
  if (result === undefined) {
    return (
      <li className={classes.item}>
        <Status appearance={checkingStatus} />
        <span className={classes.itemTitle}>{title}</span>
      </li>
    )
  }
  const { verdict, message, hint, evidence, strict } = result
  const troubled = verdict === 'fail' || verdict === 'warn' || verdict === 'unknown'
  return (
    <li className={classes.item}>
      <Status appearance={verdictStatus[verdict]} />
      <span>
        <span className={classes.itemTitle}>{title}</span>
        {verdict === 'fail' && !strict && <span className={classes.count}> (can be passed over)</span>}
      </span>
      {troubled && (
        <CopyButton label="Copy evidence" text={() => [`${title}: ${message}`, hint, evidence].join('\n')} />
      )}
      <div className={classes.more}>
        <div>{message}</div>
        {troubled && hint !== '' && <div>What now: {hint}</div>}
        {troubled && evidence !== '' && <div className={`${classes.quiet} mono`}>{evidence}</div>}
      </div>
    </li>
  )
}
