import { Button } from '@mantine/core'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { PreflightResult } from '../../preload/contract/install.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { IconRefresh } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { checkingStatus, Status, verdictStatus } from '../ui/Status.tsx'
import { Ago } from '../ui/Time.tsx'
import { type InstallStore, preflightOutcome } from './store.ts'
import classes from './Wizard.module.css'
import { Footer, StepFrame } from './Wizard.tsx'

/** Requirements that the cluster does not meet, before anything changes in it. */
export function PreflightStep({ store }: { readonly store: InstallStore }) {
  const preflight = useStore(store, (state) => state.preflight)
  const { runPreflight, go } = store.getState()
  const { state, checks, results, startedAt, problem } = preflight
  const outcome = preflightOutcome(preflight)

  useEffect(() => {
    if (state === 'never') void runPreflight()
  }, [state, runPreflight])

  return (
    <StepFrame
      title={t('install.preflight.title')}
      intro={t('install.preflight.intro')}
      footer={
        <Footer
          store={store}
          step="preflight"
          next={t('install.next')}
          blocked={outcome === 'warned' || outcome === 'clear' ? undefined : t(`install.preflight.blocked.${outcome}`)}
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
          {t('install.preflight.rerun')}
        </Button>
        {state === 'done' && startedAt !== undefined && (
          <span className={classes.quiet} role="status">
            <Rich message="install.preflight.checked" values={{ ago: <Ago key="ago" at={startedAt} /> }} />
          </span>
        )}
      </div>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <ul className={classes.list} aria-label={t('install.preflight.list')}>
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
  const needsAction = verdict === 'fail' || verdict === 'warn' || verdict === 'unknown'
  return (
    <li className={classes.item}>
      <Status appearance={verdictStatus[verdict]} />
      <span>
        <span className={classes.itemTitle}>{title}</span>
        {verdict === 'fail' && !strict && <span className={classes.count}> {t('install.preflight.notRequired')}</span>}
      </span>
      {needsAction && (
        <CopyButton
          label={t('ui.copyEvidence')}
          text={() => [t('install.preflight.evidence', { check: title, message }), hint, evidence].join('\n')}
        />
      )}
      <div className={classes.more}>
        <div>{message}</div>
        {needsAction && hint !== '' && <div>{t('install.preflight.whatToDo', { hint })}</div>}
        {needsAction && evidence !== '' && <div className={`${classes.quiet} mono`}>{evidence}</div>}
      </div>
    </li>
  )
}
