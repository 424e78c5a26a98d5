import type { Verdict } from '../../preload/contract/words.ts'
import classes from './StageStrip.module.css'
import { verdictStatus } from './Status.tsx'

export interface StripStage {
  readonly key: string
  readonly title: string
  readonly verdict: Verdict
  readonly note: string
}

/** The stages of a connection in their order, as far as they came. */
export function StageStrip({ label, stages }: { readonly label: string; readonly stages: readonly StripStage[] }) {
  return (
    <ol className={classes.strip} aria-label={label}>
      {stages.map(({ key, title, verdict, note }) => {
        const { icon: Icon, tone, label: word } = verdictStatus[verdict]
        return (
          <li key={key} data-tone={tone}>
            <span className={classes.title}>{title}</span>
            <span className={classes.verdict}>
              <Icon size={14} stroke={2} aria-hidden />
              {word}
            </span>
            <span className={classes.note}>{note}</span>
          </li>
        )
      })}
    </ol>
  )
}
