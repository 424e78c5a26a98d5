import { age, span } from '../lib/time.ts'
import { t } from '../strings/t.ts'
import { useTimeFormat } from './timeFormat.ts'
import { useNow } from './useNow.ts'

/** A time with its zone; its age on hover. */
export function At({ at }: { readonly at: string }) {
  const now = useNow()
  const { full } = useTimeFormat()
  return (
    <time dateTime={at} title={age(at, Math.max(now, Date.parse(at)))} className="numbers">
      {full(at)}
    </time>
  )
}

/** An age; the time with its zone on hover. */
export function Ago({ at }: { readonly at: string }) {
  const now = useNow()
  const { full } = useTimeFormat()
  return (
    <time dateTime={at} title={full(at)} className="numbers">
      {age(at, now)}
    </time>
  )
}

/** "in 12 min", for a future time; the time with its zone on hover. */
export function Until({ at }: { readonly at: string }) {
  const now = useNow()
  const { full } = useTimeFormat()
  const ms = Date.parse(at) - now
  return (
    <time dateTime={at} title={full(at)} className="numbers">
      {ms < 1_000 ? t('ui.now') : t('ui.in', { span: span(ms) })}
    </time>
  )
}
