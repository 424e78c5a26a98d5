import { CloseButton } from '@mantine/core'
import type { LogRecord } from '../../preload/contract/logs.ts'
import { t } from '../strings/t.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Facts } from '../ui/Panel.tsx'
import { At } from '../ui/Time.tsx'
import classes from './Logs.module.css'

/** The parsed fields of a line, and its raw text. */
export function RecordDetails({ record, onClose }: { readonly record: LogRecord; readonly onClose: () => void }) {
  const { at, atSource, level, source, pod, container, module, format, fields, traceId, spanId, raw } = record
  const optional = (name: string, value: string | undefined): readonly (readonly [string, string])[] =>
    value === undefined || value === '' ? [] : [[name, value]]
  return (
    <section className={classes.record} aria-label={t('logs.record.title')}>
      <div className={classes.recordHead}>
        <h2 className={classes.recordTitle}>
          {format === 'gap' ? t('logs.record.gap') : (level ?? t('logs.record.noLevel'))}, <At at={at} />
          <span className={classes.quiet}> {t(`logs.record.timeSource.${atSource}`)}</span>
        </h2>
        <span className={classes.recordActions}>
          <CopyButton label={t('logs.record.copy')} text={() => raw} />
          <CloseButton size="sm" aria-label={t('logs.record.close')} onClick={onClose} />
        </span>
      </div>
      <div className={classes.recordBody}>
        <Facts
          rows={[
            [t('logs.record.source'), source],
            ...optional(t('logs.record.pod'), pod),
            ...optional(t('logs.record.container'), container),
            ...optional(t('logs.record.module'), module),
            ...optional(t('logs.record.trace'), traceId),
            ...optional(t('logs.record.span'), spanId),
            [t('logs.record.format'), format],
            ...fields.map(([name, value], index) => [numbered(name, index, fields), value] as const),
          ]}
        />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable by the keyboard */}
        <section className={`${classes.raw} mono`} aria-label={t('logs.record.raw')} tabIndex={0}>
          {raw}
        </section>
      </div>
    </section>
  )
}

/** A line can have a field twice; the later ones are numbered. */
function numbered(name: string, index: number, fields: LogRecord['fields']): string {
  const before = fields.slice(0, index).filter(([other]) => other === name).length
  return before === 0 ? name : t('logs.record.repeatedField', { field: name, number: before + 1 })
}
