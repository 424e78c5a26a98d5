import { ActionIcon, Button, Switch, VisuallyHidden } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useStore } from 'zustand'
import type { LogPattern, LogPatterns } from '../../preload/contract/logs.ts'
import { t } from '../strings/t.ts'
import { IconArrowDown, IconArrowUp, IconMinus, IconPlus, IconRefresh } from '../ui/icons.ts'
import { Notice, ProblemNotice } from '../ui/Notice.tsx'
import { Loading } from '../ui/Skeleton.tsx'
import { useTimeFormat } from '../ui/timeFormat.ts'
import { LevelLabel } from './LevelLabel.tsx'
import { levelTone } from './levels.ts'
import { NarrowButtons } from './NarrowButtons.tsx'
import classes from './Patterns.module.css'
import { canCompare } from './patterns.ts'
import { phrase } from './queryText.ts'
import { ShownSwitch } from './ShownSwitch.tsx'
import type { LogsStore } from './state.ts'
import { type FoundPatterns, usePatterns } from './usePatterns.ts'

/** Rows shown at first, and with each "Show more". */
const pageRows = 200

/** The lines of the query grouped by what they share, in place of the lines. */
export function Patterns({ store }: { readonly store: LogsStore }) {
  const filter = useStore(store, (state) => state.filter)
  const [wantsCompared, setCompared] = useState(false)
  const comparable = canCompare(filter)
  const compared = wantsCompared && comparable
  const found = usePatterns(store, filter, compared)
  const { result, problem, phase } = found
  return (
    <section className={classes.patterns} aria-label={t('logs.patterns.title')}>
      <div className={classes.toolbar}>
        <ShownSwitch store={store} />
        <Summary found={found} />
        <Switch
          className={classes.compare}
          size="xs"
          label={t('logs.patterns.compare')}
          title={comparable ? undefined : t('logs.patterns.compareNeedsRange')}
          disabled={!comparable}
          checked={compared}
          onChange={({ currentTarget }) => setCompared(currentTarget.checked)}
        />
      </div>
      {problem !== undefined && problem.code !== 'QUERY_INVALID' && <ProblemNotice problem={problem} />}
      {result?.damaged !== undefined && (
        <Notice tone="warn" role="status" title={t('logs.damaged', { count: result.damaged })} />
      )}
      {result === undefined ? (
        phase === 'loading' && <Loading what={t('logs.patterns.loading')} />
      ) : result.patterns.length === 0 ? (
        <p className={classes.none}>{phase === 'loading' ? '' : t('logs.lines.none')}</p>
      ) : (
        <Table store={store} result={result} />
      )}
    </section>
  )
}

function Summary({ found: { phase, result, stop, refresh } }: { readonly found: FoundPatterns }) {
  return (
    <div className={classes.summary}>
      <span className="numbers" role="status">
        {summaryText(phase, result)}
      </span>
      {phase === 'loading' ? (
        <Button size="compact-xs" variant="default" onClick={stop}>
          {t('logs.patterns.stop')}
        </Button>
      ) : (
        <ActionIcon
          variant="default"
          size={22}
          aria-label={t('logs.patterns.refresh')}
          title={t('logs.patterns.refresh')}
          onClick={refresh}
        >
          <IconRefresh size={14} aria-hidden />
        </ActionIcon>
      )}
    </div>
  )
}

function summaryText(phase: FoundPatterns['phase'], result: LogPatterns | undefined): string {
  if (result === undefined) return ''
  const { lines, more, rest, compared, patterns } = result
  if (phase === 'loading') return t('logs.patterns.reading', { lines })
  const isPart = more || phase === 'stopped'
  const parts = [
    t(isPart ? 'logs.patterns.ofNewest' : 'logs.patterns.ofAll', { count: patterns.length, lines }),
    ...(compared === undefined ? [] : [t('logs.patterns.comparedWith', { lines: compared.lines })]),
    ...(rest === 0 ? [] : [t('logs.patterns.rest', { lines: rest })]),
  ]
  return parts.join('; ')
}

function Table({ store, result }: { readonly store: LogsStore; readonly result: LogPatterns }) {
  const [shown, setShown] = useState(pageRows)
  const { patterns, compared } = result
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by the keyboard
    <section className={classes.scroll} tabIndex={0} aria-label={t('logs.patterns.list')}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>{t('logs.patterns.column.change')}</th>
            <th className={classes.number}>{t('logs.patterns.column.count')}</th>
            {compared !== undefined && <th className={classes.number}>{t('logs.patterns.column.before')}</th>}
            <th>{t('logs.patterns.column.trend')}</th>
            <th>{t('logs.column.level')}</th>
            <th>{t('logs.patterns.column.pattern')}</th>
            <th>
              <VisuallyHidden>{t('logs.patterns.column.actions')}</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {patterns.slice(0, shown).map((pattern) => (
            <Row
              key={`${pattern.level} ${pattern.text}`}
              store={store}
              pattern={pattern}
              compared={compared !== undefined}
            />
          ))}
        </tbody>
      </table>
      {patterns.length > shown && (
        <Button variant="default" size="compact-xs" onClick={() => setShown(shown + pageRows)}>
          {t('logs.patterns.more', { count: patterns.length - shown })}
        </Button>
      )}
    </section>
  )
}

interface RowProps {
  readonly store: LogsStore
  readonly pattern: LogPattern
  readonly compared: boolean
}

function Row({ store, pattern, compared }: RowProps) {
  const { text, level, sources, count, before = 0, counts, change, oldest, newest, example } = pattern
  const { full } = useTimeFormat()
  const times = t('logs.patterns.times', { oldest: full(oldest), newest: full(newest) })
  return (
    <tr>
      <td>
        <Change change={change} />
      </td>
      <td className={`${classes.number} numbers`}>{t('logs.patterns.number', { count })}</td>
      {compared && <td className={`${classes.number} numbers`}>{t('logs.patterns.number', { count: before })}</td>}
      <td>
        <Trend counts={counts} tone={level === null ? 'idle' : levelTone[level]} />
      </td>
      <td>
        <LevelLabel level={level} />
      </td>
      <td title={`${example}\n${times}`}>
        <span className={classes.text}>{withMarkedValues(text)}</span>
        <span className={classes.sources}>{sources.join(', ')}</span>
      </td>
      <td>
        <Actions store={store} pattern={pattern} />
      </td>
    </tr>
  )
}

const changeIcons = { new: IconPlus, risen: IconArrowUp, fallen: IconArrowDown, gone: IconMinus } as const

function Change({ change }: Pick<LogPattern, 'change'>) {
  if (change === 'steady') return null
  const Icon = changeIcons[change]
  return (
    <span className={classes.change} data-change={change}>
      <Icon size={13} aria-hidden /> {t(`logs.patterns.change.${change}`)}
    </span>
  )
}

const trend = { width: 96, height: 18, barWidth: 3 } as const

/** Lines over the time that was read, in steps of equal length. */
function Trend({ counts, tone }: { readonly counts: readonly number[]; readonly tone: string }) {
  const highest = Math.max(1, ...counts)
  const stepWidth = trend.width / Math.max(1, counts.length)
  const bars = counts.map((count, index) => {
    const height = count === 0 ? 0 : Math.max(1, Math.round((count / highest) * trend.height))
    return `M${index * stepWidth} ${trend.height}v${-height}h${trend.barWidth}v${height}z`
  })
  return (
    <svg
      className={classes.trend}
      data-tone={tone}
      width={trend.width}
      height={trend.height}
      role="img"
      aria-label={t('logs.patterns.trend', { highest, steps: counts.length })}
    >
      <path d={bars.join('')} />
    </svg>
  )
}

function withMarkedValues(text: string): ReactNode {
  return text.split('<*>').map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text do not move
    <span key={index}>
      {index > 0 && <span className={classes.value}>{'<*>'}</span>}
      {part}
    </span>
  ))
}

/** Shows only the lines of the pattern, or excludes them, by the phrase that they share. */
function Actions({ store, pattern }: Pick<RowProps, 'store' | 'pattern'>) {
  // While lines are read the buttons have their place already.
  const { phrase: shared, count } = pattern
  return (
    <span className={classes.actions}>
      <NarrowButtons
        store={store}
        condition={shared && phrase(shared.text)}
        labelOf={(how) => {
          if (shared === undefined) return t(`logs.patterns.${how}None`)
          if (shared.isExact) return t(`logs.patterns.${how}`, { text: shared.text })
          return t(`logs.patterns.${how}About`, { text: shared.text, lines: shared.lines, count })
        }}
        onNarrow={(how) => {
          // First, so that "back" returns to the patterns with their query.
          if (how === 'include') store.getState().show('lines')
        }}
      />
      <span className={classes.about}>{shared?.isExact === false && t('logs.patterns.about')}</span>
    </span>
  )
}
