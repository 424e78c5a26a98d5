import { Button, Progress } from '@mantine/core'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import { Rich } from '../strings/Rich.tsx'
import { t } from '../strings/t.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { Ago } from '../ui/Time.tsx'
import { useTimeFormat } from '../ui/timeFormat.ts'
import { engineKindName } from './engineName.ts'
import { emptyFilter } from './query.ts'
import type { Fetch, FetchInput, FetchResult, LogsStore } from './state.ts'
import classes from './TakeOffline.module.css'

/** Names of containers are shown up to this many. */
const namedContainers = 5

interface FetchStateProps {
  readonly store: LogsStore
  readonly fetch: Fetch
  /** Opens the form; undefined where no engine is known. */
  readonly onOther: (() => void) | undefined
  readonly onClose: () => void
}

/** How far a fetch is or how it ended, what is missing, and what to do. */
export function FetchState({ store, fetch, onOther, onClose }: FetchStateProps) {
  const { full } = useTimeFormat()
  const { input } = fetch
  const { startFetch, cancelFetch, forgetFetch, setEngine, setFilter } = store.getState()
  const resume = (label: string) => (
    <Button size="compact-sm" onClick={() => startFetch(input)}>
      {label}
    </Button>
  )
  const show = () => {
    const { from, to, sources } = input
    setEngine(undefined)
    setFilter({ ...emptyFilter, at: undefined, sources, range: { kind: 'between', from, to } })
    onClose()
  }
  const canResume =
    fetch.kind === 'cancelled' || fetch.kind === 'failed' || (fetch.kind === 'left' && !fetch.left.isRunning)
  return (
    <div className={classes.state}>
      <p className={`${classes.quiet} numbers`}>
        {t('logs.fetch.timeRange', { from: full(input.from), to: full(input.to) })}
      </p>
      {input.sources.length > 0 && (
        <p className={classes.quiet}>{t('logs.fetch.ofSources', { sources: input.sources.join(', ') })}</p>
      )}
      <Ending fetch={fetch} store={store} />
      <div className={classes.actions}>
        {fetch.kind === 'running' && (
          <Button size="compact-sm" variant="default" onClick={cancelFetch}>
            {t('logs.fetch.cancel')}
          </Button>
        )}
        {canResume && resume(t('logs.fetch.resume'))}
        {fetch.kind === 'done' && fetch.result.failed.length > 0 && resume(t('logs.fetch.retry'))}
        {fetch.kind === 'done' && fetch.result.oldest !== null && (
          <Button size="compact-sm" variant={fetch.result.failed.length > 0 ? 'default' : 'filled'} onClick={show}>
            {t('logs.fetch.show')}
          </Button>
        )}
        {fetch.kind !== 'running' && onOther !== undefined && (
          <Button size="compact-sm" variant="default" onClick={onOther}>
            {t('logs.fetch.other')}
          </Button>
        )}
        {canResume && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              void forgetFetch()
              onClose()
            }}
          >
            {t('logs.fetch.forget')}
          </Button>
        )}
      </div>
    </div>
  )
}

/** What is known of the end, by its kind. */
function Ending({ fetch, store }: { readonly fetch: Fetch; readonly store: LogsStore }) {
  switch (fetch.kind) {
    case 'running':
      return <Counts counts={fetch.counts} isRunning />
    case 'cancelled':
      return (
        <>
          <Notice tone="warn" role="status" title={t('logs.fetch.cancelled')}>
            {t('logs.fetch.cancelledAbout')}
          </Notice>
          <Counts counts={fetch.counts} />
        </>
      )
    case 'failed':
      return (
        <>
          <ProblemNotice problem={fetch.problem} />
          <p>{t('logs.fetch.failedAbout')}</p>
          <Counts counts={fetch.counts} />
        </>
      )
    case 'left': {
      const { startedAt, isRunning, problem } = fetch.left
      const ago = <Ago key="ago" at={startedAt} />
      return (
        <>
          <Notice
            tone={isRunning ? 'busy' : 'warn'}
            role="status"
            title={t(isRunning ? 'logs.fetch.elsewhere' : 'logs.fetch.left')}
          >
            <Rich message={isRunning ? 'logs.fetch.elsewhereAbout' : 'logs.fetch.leftAbout'} values={{ ago }} />
          </Notice>
          {problem !== undefined && <ProblemNotice problem={problem} />}
        </>
      )
    }
    case 'done':
      return <Result store={store} input={fetch.input} result={fetch.result} />
  }
}

interface CountsProps {
  readonly counts: Pick<FetchResult, 'parts' | 'totalParts' | 'records' | 'known'> | undefined
  readonly isRunning?: boolean
}

function Counts({ counts, isRunning = false }: CountsProps) {
  if (counts === undefined) return isRunning ? <p role="status">{t('logs.fetch.starting')}</p> : null
  const { parts, totalParts, records, known } = counts
  return (
    <div className="numbers" role="status">
      <Progress
        value={totalParts === 0 ? 0 : (100 * parts) / totalParts}
        size="sm"
        aria-label={t('logs.fetch.progress')}
      />
      <p>{t('logs.fetch.parts', { parts, totalParts })}</p>
      <p>{t('logs.fetch.counts', { records, known })}</p>
    </div>
  )
}

interface ResultProps {
  readonly store: LogsStore
  readonly input: FetchInput
  readonly result: FetchResult
}

/** What was stored, and each thing that is missing by its name. */
function Result({ store, input, result }: ResultProps) {
  const { full } = useTimeFormat()
  const titles = useStore(store, (state) => state.status?.sources)
  const { totalParts, others, withoutLines, failed, oldest } = result
  const kind = engineKindName(input.engine)
  const titleOf = (id: string) => titles?.find((source) => source.id === id)?.title ?? id
  return (
    <>
      <Verdict kind={kind} result={result} />
      {totalParts > 0 && <Counts counts={result} />}
      {oldest !== null && <p className="numbers">{t('logs.fetch.oldest', { oldest: full(oldest) })}</p>}
      {totalParts > 0 && withoutLines.length > 0 && (
        <p>{t('logs.fetch.withoutLines', { kind, sources: withoutLines.map(titleOf).join(', ') })}</p>
      )}
      {others.length > 0 && <p>{t('logs.fetch.others', { containers: named(others) })}</p>}
      {failed.length > 0 && (
        <ul className={classes.parts} aria-label={t('logs.fetch.missing')}>
          {failed.map(({ container, from, to, problem }) => (
            <li key={`${container} ${from}`}>
              {t('logs.fetch.part', { container, from: full(from), to: full(to) })}
              <span className={classes.quiet}>{problem.message}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Verdict({ kind, result }: { readonly kind: string; readonly result: FetchResult }): ReactNode {
  const { totalParts, failed } = result
  if (failed.length > 0)
    return (
      <Notice tone="warn" role="status" title={t('logs.fetch.partial')}>
        {t('logs.fetch.partialAbout', { kind, count: failed.length })}
      </Notice>
    )
  if (totalParts === 0)
    return (
      <Notice tone="warn" role="status" title={t('logs.fetch.nothing', { kind })}>
        {t('logs.fetch.nothingAbout', { kind })}
      </Notice>
    )
  return <Notice tone="good" role="status" title={t('logs.fetch.done')} />
}

const named = (containers: readonly string[]): string => {
  const list = containers.slice(0, namedContainers).join(', ')
  const left = containers.length - namedContainers
  return left > 0 ? t('logs.fetch.more', { list, count: left }) : list
}
