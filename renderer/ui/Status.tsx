import type { Icon } from '@tabler/icons-react'
import type { Verdict } from '../../preload/contract/words.ts'
import type { Health } from '../../preload/contract/workloads.ts'
import {
  IconAlert,
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleMinus,
  IconCircleX,
  IconHelp,
  IconLoader,
  IconPause,
  IconUnplug,
} from './icons.ts'
import classes from './Status.module.css'

export type Tone = 'good' | 'warn' | 'bad' | 'busy' | 'idle'

export interface StatusLook {
  readonly tone: Tone
  readonly icon: Icon
  readonly word: string
  readonly turns?: boolean
}

export const verdictLook = {
  pass: { tone: 'good', icon: IconCircleCheck, word: 'Pass' },
  warn: { tone: 'warn', icon: IconAlert, word: 'Warning' },
  fail: { tone: 'bad', icon: IconCircleX, word: 'Fail' },
  skipped: { tone: 'idle', icon: IconCircleMinus, word: 'Skipped' },
  unknown: { tone: 'idle', icon: IconHelp, word: 'Not known' },
} as const satisfies Record<Verdict, StatusLook>

export const healthLook = {
  healthy: { tone: 'good', icon: IconCircleCheck, word: 'Healthy' },
  suspended: { tone: 'idle', icon: IconPause, word: 'Suspended' },
  progressing: { tone: 'busy', icon: IconLoader, word: 'Progressing' },
  missing: { tone: 'warn', icon: IconCircleDashed, word: 'Missing' },
  degraded: { tone: 'bad', icon: IconCircleX, word: 'Degraded' },
  unknown: { tone: 'idle', icon: IconHelp, word: 'Not known' },
} as const satisfies Record<Health, StatusLook>

export const stepLook = {
  pending: { tone: 'idle', icon: IconCircleDashed, word: 'Waiting' },
  running: { tone: 'busy', icon: IconLoader, word: 'Running', turns: true },
  done: { tone: 'good', icon: IconCircleCheck, word: 'Done' },
  failed: { tone: 'bad', icon: IconCircleX, word: 'Failed' },
  skipped: { tone: 'idle', icon: IconCircleMinus, word: 'Skipped' },
} as const satisfies Record<string, StatusLook>

export const operationLook = {
  running: { tone: 'busy', icon: IconLoader, word: 'Running', turns: true },
  interrupted: { tone: 'warn', icon: IconUnplug, word: 'Interrupted' },
  done: { tone: 'good', icon: IconCircleCheck, word: 'Done' },
  failed: { tone: 'bad', icon: IconCircleX, word: 'Failed' },
  cancelled: { tone: 'idle', icon: IconBan, word: 'Cancelled' },
} as const satisfies Record<string, StatusLook>

export const waitingLook: StatusLook = { tone: 'idle', icon: IconCircleDashed, word: 'Waiting' }
export const checkingLook: StatusLook = { tone: 'busy', icon: IconLoader, word: 'Checking', turns: true }

/** Always an icon, a word and a colour: none of them carries the meaning alone. */
export function Status({ look, label }: { readonly look: StatusLook; readonly label?: string }) {
  const Icon = look.icon
  return (
    <span className={classes.status} data-tone={look.tone}>
      <Icon size={15} stroke={2} aria-hidden className={look.turns ? 'turning' : undefined} />
      <span>{label ?? look.word}</span>
    </span>
  )
}
