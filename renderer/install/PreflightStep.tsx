import { Button, Progress, Tooltip } from '@mantine/core'
import { useEffect } from 'react'
import { useStore } from 'zustand'
import type { CheckGuide, PreflightResult } from '../../preload/contract/install.ts'
import { byUrgency, needsAction, preflightMarkdown } from '../../preload/preflight-markdown.ts'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { HelpLink } from '../ui/HelpLink.tsx'
import { IconRefresh } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { checkingStatus, Status, verdictStatus } from '../ui/Status.tsx'
import { saveFile } from '../ui/saveFile.ts'
import { Ago } from '../ui/Time.tsx'
import { type InstallStore, type Preflight, preflightOutcome, reportOf } from './store.ts'
import classes from './Wizard.module.css'
import { Footer, StepFrame } from './Wizard.tsx'

/** Requirements that the cluster does not meet, before anything changes in it. What passed is collapsed. */
export function PreflightStep({ store }: { readonly store: InstallStore }) {
  const preflight = useStore(store, (state) => state.preflight)
  const guide = useStore(store, (state) => state.guide)
  const { runPreflight, loadGuide, go } = store.getState()
  const { state, checks, results, problem } = preflight
  const outcome = preflightOutcome(preflight)
  const known = byUrgency(checks.flatMap(({ id }) => results[id] ?? []))

  useEffect(() => {
    if (state === 'never') void runPreflight()
  }, [state, runPreflight])
  useEffect(() => void loadGuide(), [loadGuide])

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
      <Actions store={store} preflight={preflight} />
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <ul className={classes.list} aria-label={t('install.preflight.list')}>
        {known.filter(needsAction).map((result) => (
          <CheckLine key={result.id} result={result} guide={guide[result.id]} />
        ))}
        {checks
          .filter(({ id }) => results[id] === undefined)
          .map(({ id, title }) => (
            <li key={id} className={classes.item}>
              <Status appearance={checkingStatus} />
              <span className={classes.itemTitle}>{title}</span>
            </li>
          ))}
      </ul>
      {(['passed', 'skipped'] as const).map((group) => {
        const members = known.filter(({ verdict }) => verdict === (group === 'passed' ? 'pass' : 'skipped'))
        return (
          members.length > 0 && (
            <details key={group}>
              <summary>{t(`install.preflight.${group}`, { count: members.length })}</summary>
              <ul className={classes.list} aria-label={t(`install.preflight.${group}List`)}>
                {members.map((result) => (
                  <CheckLine key={result.id} result={result} guide={guide[result.id]} />
                ))}
              </ul>
            </details>
          )
        )
      })}
    </StepFrame>
  )
}

function Actions({ store, preflight }: { readonly store: InstallStore; readonly preflight: Preflight }) {
  const { runPreflight } = store.getState()
  const { state, startedAt, results, checks } = preflight
  const failed = Object.values(results).filter(needsAction)
  const save = () =>
    saveFile({ name: 'preflight.md', mediaType: 'text/markdown', text: preflightMarkdown(reportOf(preflight)) })
  return (
    <div className={classes.actions}>
      <Button
        variant="default"
        leftSection={<IconRefresh size={15} aria-hidden />}
        loading={state === 'running'}
        onClick={() => void runPreflight()}
      >
        {t('install.preflight.rerun')}
      </Button>
      {state === 'done' && failed.length > 0 && (
        <Button variant="default" onClick={() => void runPreflight({ only: failed.map(({ id }) => id) })}>
          {t('install.preflight.rerunFailed')}
        </Button>
      )}
      <Tooltip label={t('install.preflight.deepTooltip')} multiline w={280}>
        <Button variant="default" disabled={state === 'running'} onClick={() => void runPreflight({ deep: true })}>
          {t('install.preflight.deep')}
        </Button>
      </Tooltip>
      {state === 'running' && checks.length > 0 && (
        <span className={classes.progress}>
          <Progress
            value={(100 * Object.keys(results).length) / checks.length}
            aria-label={t('install.preflight.progress')}
          />
          <span className={classes.quiet}>
            {t('install.outcome.checking', { done: Object.keys(results).length, total: checks.length })}
          </span>
        </span>
      )}
      {state === 'done' && startedAt !== undefined && (
        <>
          <Button variant="default" onClick={save}>
            {t('install.preflight.save')}
          </Button>
          <span className={classes.quiet} role="status">
            <Rich message="install.preflight.checked" values={{ ago: <Ago key="ago" at={startedAt} /> }} />
          </span>
        </>
      )}
    </div>
  )
}

function CheckLine({ result, guide }: { readonly result: PreflightResult; readonly guide: CheckGuide | undefined }) {
  const { title, verdict, message, hint, evidence, strict } = result
  const acts = needsAction(result)
  return (
    <li className={classes.item}>
      <Status appearance={verdictStatus[verdict]} />
      <span>
        <span className={classes.itemTitle}>{title}</span>
        {verdict === 'fail' && !strict && <span className={classes.count}> {t('install.preflight.notRequired')}</span>}
      </span>
      {acts && (
        <CopyButton
          label={t('ui.copyEvidence')}
          text={() => [t('install.preflight.evidence', { check: title, message }), hint, evidence].join('\n')}
        />
      )}
      <div className={classes.more}>
        <div>{message}</div>
        {acts && hint !== '' && <div>{t('install.preflight.whatToDo', { hint })}</div>}
        {acts && evidence !== '' && <div className={`${classes.quiet} ${classes.evidence} mono`}>{evidence}</div>}
        {guide !== undefined && (
          <details className={classes.quiet}>
            <summary>{t('install.preflight.about')}</summary>
            <p>{guide.about}</p>
            <p>
              <strong>{t('install.preflight.remedy')}</strong>: {guide.remedy}
            </p>
            <HelpLink topic="checks" name={result.id} />
          </details>
        )}
      </div>
    </li>
  )
}
