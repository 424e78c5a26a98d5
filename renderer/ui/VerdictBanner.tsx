import type { ReactNode } from 'react'
import { IconAlert, IconCircleCheck, IconCircleX, IconHelp, IconLoader } from './icons.ts'
import type { Tone } from './Status.tsx'
import classes from './VerdictBanner.module.css'

const icons = {
  good: IconCircleCheck,
  warn: IconAlert,
  bad: IconCircleX,
  busy: IconLoader,
  idle: IconHelp,
} as const

export interface VerdictBannerProps {
  readonly tone: Tone
  /** The state in one sentence or two. */
  readonly verdict: ReactNode
  /** What it is based on: when it was seen, and from where. */
  readonly basis?: ReactNode
  readonly actions?: ReactNode
}

/** The state of the whole thing, in a sentence that can be read out on the phone. */
export function VerdictBanner({ tone, verdict, basis, actions }: VerdictBannerProps) {
  const Icon = icons[tone]
  return (
    <div className={classes.banner} data-tone={tone}>
      <Icon size={24} stroke={2} aria-hidden className={classes.icon} />
      <div className={classes.text}>
        <h2 className={classes.verdict}>{verdict}</h2>
        {basis !== undefined && <p className={classes.basis}>{basis}</p>}
      </div>
      {actions !== undefined && <div className={classes.actions}>{actions}</div>}
    </div>
  )
}
