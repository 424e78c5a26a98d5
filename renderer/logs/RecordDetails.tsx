import { Button, CloseButton } from '@mantine/core'
import type { ReactNode } from 'react'
import type { LogRecord } from '../../preload/contract/logs.ts'
import { t } from '../strings/t.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { IconRoute, IconRows } from '../ui/icons.ts'
import { Facts } from '../ui/Panel.tsx'
import { At } from '../ui/Time.tsx'
import classes from './Logs.module.css'
import { Marked } from './Marked.tsx'
import { NarrowButtons } from './NarrowButtons.tsx'
import { condition } from './queryText.ts'
import { sharedIds } from './related.ts'
import { StackText } from './StackText.tsx'
import type { LogsStore } from './state.ts'
import { useShare } from './useShare.ts'

export interface RecordDetailsProps {
  readonly record: LogRecord
  readonly store: LogsStore
  readonly onClose: () => void
}

/** The parsed fields of a line, each of which can be searched for, its raw text, and ways to related lines. */
export function RecordDetails({ record, store, onClose }: RecordDetailsProps) {
  const { id, at, atSource, level, source, pod, container, module, format, fields, traceId, spanId, raw } = record
  const { showRelated } = store.getState()
  const shared = sharedIds(record)[0]
  const { height, separator } = useShare('logs.record', t('logs.record.height'))
  const known = (title: string, name: string, value: string | undefined): readonly (readonly [string, ReactNode])[] =>
    value === undefined || value === '' ? [] : [[title, <Value key={name} {...{ name, value, title, store }} />]]
  return (
    <section className={classes.record} style={{ height }} aria-label={t('logs.record.title')}>
      <div className={classes.recordEdge} {...separator} />
      <div className={classes.recordHead}>
        <h2 className={classes.recordTitle}>
          {format === 'gap' ? t('logs.record.gap') : (level ?? t('logs.record.noLevel'))}, <At at={at} />
          <span className={classes.quiet}> {t(`logs.record.timeSource.${atSource}`)}</span>
        </h2>
        <span className={classes.recordActions}>
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<IconRows size={14} aria-hidden />}
            aria-keyshortcuts="c"
            onClick={() => showRelated({ kind: 'around', record: id }, id)}
          >
            {t('logs.record.around')}
          </Button>
          {shared !== undefined && (
            <Button
              variant="default"
              size="compact-xs"
              leftSection={<IconRoute size={14} aria-hidden />}
              aria-keyshortcuts="t"
              onClick={() => showRelated({ kind: 'trace', id: shared }, id)}
            >
              {t('logs.record.sameTrace')}
            </Button>
          )}
          <CopyButton label={t('logs.record.copy')} text={() => raw} />
          <CloseButton size="sm" aria-label={t('logs.record.close')} onClick={onClose} />
        </span>
      </div>
      <div className={classes.recordBody}>
        <Facts
          rows={[
            ...known(t('logs.column.level'), 'level', level?.toLowerCase() ?? 'none'),
            ...known(t('logs.record.source'), 'source', source),
            ...known(t('logs.record.pod'), 'pod', pod),
            ...known(t('logs.record.container'), 'container', container),
            ...known(t('logs.record.module'), 'module', module),
            ...known(t('logs.record.trace'), 'trace', traceId),
            ...known(t('logs.record.span'), 'span', spanId),
            ...known(t('logs.record.format'), 'format', format),
            ...fields.flatMap(([name, value], index) => {
              const title = numbered(name, index, fields)
              return value === '' ? [[title, ''] as const] : known(title, name, value)
            }),
          ]}
        />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by the keyboard */}
        <section className={`${classes.raw} mono`} aria-label={t('logs.record.raw')} tabIndex={0}>
          <StackText text={raw} />
        </section>
      </div>
    </section>
  )
}

interface ValueProps {
  readonly name: string
  readonly value: string
  /** Of the field, for people. */
  readonly title: string
  readonly store: LogsStore
}

/** A value, with the buttons that narrow the query by it. */
function Value({ name, value, title, store }: ValueProps) {
  return (
    <span className={classes.value}>
      <span className={classes.valueText}>
        <Marked text={value} />
      </span>
      <span className={classes.valueActions}>
        <NarrowButtons
          store={store}
          condition={condition(name, value)}
          labelOf={(how) => t(`logs.record.${how}`, { name: title, value: value.slice(0, 60) })}
        />
      </span>
    </span>
  )
}

/** A line can have a field twice; the later ones are numbered. */
function numbered(name: string, index: number, fields: LogRecord['fields']): string {
  const before = fields.slice(0, index).filter(([other]) => other === name).length
  return before === 0 ? name : t('logs.record.repeatedField', { field: name, number: before + 1 })
}
