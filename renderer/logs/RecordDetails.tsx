import { CloseButton } from '@mantine/core'
import type { LogRecord } from '../../preload/contract/logs.ts'
import { CopyButton } from '../ui/CopyButton.tsx'
import { Facts } from '../ui/Panel.tsx'
import { At } from '../ui/Time.tsx'
import classes from './Logs.module.css'

const clocks = { line: 'as the line says', kubelet: "the node's clock; the line has none" } as const

/** Everything that a line carried, and its text as it came. */
export function RecordDetails({ record, onClose }: { readonly record: LogRecord; readonly onClose: () => void }) {
  const { at, atSource, level, source, pod, container, module, format, fields, traceId, spanId, raw } = record
  const given = (name: string, value: string | undefined): readonly (readonly [string, string])[] =>
    value === undefined || value === '' ? [] : [[name, value]]
  return (
    <section className={classes.record} aria-label="Log line">
      <div className={classes.recordHead}>
        <h2 className={classes.recordTitle}>
          {format === 'gap' ? 'Gap' : (level ?? 'No level')}, <At at={at} />
          <span className={classes.quiet}> ({clocks[atSource]})</span>
        </h2>
        <span className={classes.recordActions}>
          <CopyButton label="Copy line" text={() => raw} />
          <CloseButton size="sm" aria-label="Close line" onClick={onClose} />
        </span>
      </div>
      <div className={classes.recordBody}>
        <Facts
          rows={[
            ['Source', source],
            ...given('Pod', pod),
            ...given('Container', container),
            ...given('Module', module),
            ...given('Trace', traceId),
            ...given('Span', spanId),
            ['Format', format],
            ...fields.map(([name, value], index) => [named(name, index, fields), value] as const),
          ]}
        />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
        <section className={`${classes.raw} mono`} aria-label="Raw text" tabIndex={0}>
          {raw}
        </section>
      </div>
    </section>
  )
}

/** A line may carry a field twice; each is shown, the later ones numbered. */
function named(name: string, index: number, fields: LogRecord['fields']): string {
  const before = fields.slice(0, index).filter(([other]) => other === name).length
  return before === 0 ? name : `${name} (${before + 1})`
}
