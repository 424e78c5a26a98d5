import { Button } from '@mantine/core'
import { useCallback } from 'react'
import { t } from '../strings/t.ts'
import { IconArrowLeft, IconArrowUp } from '../ui/icons.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import type { ExportMenuProps } from './ExportMenu.tsx'
import { LineList } from './LineList.tsx'
import { LineTools } from './LineTools.tsx'
import classes from './Logs.module.css'
import type { Related } from './state.ts'

export interface RelatedLinesProps extends ExportMenuProps {
  readonly related: Related
}

/** Lines without the filter, oldest first: around one line, or with one id. */
export function RelatedLines({ store, plane, related }: RelatedLinesProps) {
  const { to, records, matching, phase, problem, selected, moreBefore } = related
  const { showRelated, loadMoreRelated } = store.getState()
  const close = () => showRelated(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end can come into view while lines are loaded
  const onEnd = useCallback(() => loadMoreRelated('after'), [loadMoreRelated, phase])
  return (
    <>
      <div className={classes.toolbar}>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconArrowLeft size={14} aria-hidden />}
          aria-keyshortcuts="Escape"
          onClick={close}
        >
          {t('logs.related.back')}
        </Button>
        <p className={`${classes.found} numbers`} role="status">
          {titleOf(related)}
        </p>
        <LineTools store={store} plane={plane} />
      </div>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <div className={classes.lines}>
        {records.length === 0 ? (
          <p className={classes.none} role="status">
            {phase === 'loading' ? t('logs.lines.searching') : problem === undefined && t('logs.related.gone')}
          </p>
        ) : (
          <>
            {moreBefore && (
              <Button
                className={classes.earlier}
                variant="default"
                size="compact-xs"
                loading={phase === 'loading'}
                leftSection={<IconArrowUp size={14} aria-hidden />}
                onClick={() => loadMoreRelated('before')}
              >
                {t('logs.related.earlier')}
              </Button>
            )}
            <LineList
              // Each is scrolled to its line.
              key={to.kind === 'around' ? to.record : to.id}
              store={store}
              records={records}
              matching={matching}
              selected={selected}
              label={t('logs.related.list')}
              anchored
              onEnd={onEnd}
              onEscape={close}
            />
          </>
        )}
      </div>
    </>
  )
}

function titleOf({ to, records, phase }: Related): string {
  if (to.kind === 'trace') return t('logs.related.trace', { id: to.id, count: records.length })
  const record = records.find(({ id }) => id === to.record)
  if (record === undefined) return phase === 'loading' ? t('logs.lines.searching') : ''
  const { pod, container, source } = record
  return t('logs.related.around', { container: pod === '' ? source : container === '' ? pod : `${pod}/${container}` })
}
