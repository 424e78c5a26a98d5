import type { Icon } from '@tabler/icons-react'
import type { Verdict } from '../../preload/contract/words.ts'
import type { Health } from '../../preload/contract/workloads.ts'
import { t } from '../strings/t.ts'
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
  pass: { tone: 'good', icon: IconCircleCheck, word: t('ui.verdict.pass') },
  warn: { tone: 'warn', icon: IconAlert, word: t('ui.verdict.warn') },
  fail: { tone: 'bad', icon: IconCircleX, word: t('ui.verdict.fail') },
  skipped: { tone: 'idle', icon: IconCircleMinus, word: t('ui.verdict.skipped') },
  unknown: { tone: 'idle', icon: IconHelp, word: t('ui.verdict.unknown') },
} as const satisfies Record<Verdict, StatusLook>

export const healthLook = {
  healthy: { tone: 'good', icon: IconCircleCheck, word: t('ui.health.healthy') },
  suspended: { tone: 'idle', icon: IconPause, word: t('ui.health.suspended') },
  progressing: { tone: 'busy', icon: IconLoader, word: t('ui.health.progressing') },
  missing: { tone: 'warn', icon: IconCircleDashed, word: t('ui.health.missing') },
  degraded: { tone: 'bad', icon: IconCircleX, word: t('ui.health.degraded') },
  unknown: { tone: 'idle', icon: IconHelp, word: t('ui.health.unknown') },
} as const satisfies Record<Health, StatusLook>

export const stepLook = {
  pending: { tone: 'idle', icon: IconCircleDashed, word: t('ui.step.pending') },
  running: { tone: 'busy', icon: IconLoader, word: t('ui.step.running'), turns: true },
  done: { tone: 'good', icon: IconCircleCheck, word: t('ui.step.done') },
  failed: { tone: 'bad', icon: IconCircleX, word: t('ui.step.failed') },
  skipped: { tone: 'idle', icon: IconCircleMinus, word: t('ui.step.skipped') },
} as const satisfies Record<string, StatusLook>

export const operationLook = {
  running: { tone: 'busy', icon: IconLoader, word: t('ui.operation.running'), turns: true },
  interrupted: { tone: 'warn', icon: IconUnplug, word: t('ui.operation.interrupted') },
  done: { tone: 'good', icon: IconCircleCheck, word: t('ui.operation.done') },
  failed: { tone: 'bad', icon: IconCircleX, word: t('ui.operation.failed') },
  cancelled: { tone: 'idle', icon: IconBan, word: t('ui.operation.cancelled') },
} as const satisfies Record<string, StatusLook>

export const waitingLook: StatusLook = { tone: 'idle', icon: IconCircleDashed, word: t('ui.waiting') }
export const checkingLook: StatusLook = { tone: 'busy', icon: IconLoader, word: t('ui.checking'), turns: true }

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
