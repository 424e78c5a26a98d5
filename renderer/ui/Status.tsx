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

export interface StatusAppearance {
  readonly tone: Tone
  readonly icon: Icon
  readonly label: string
  readonly spins?: boolean
}

export const verdictStatus = {
  pass: { tone: 'good', icon: IconCircleCheck, label: t('ui.verdict.pass') },
  warn: { tone: 'warn', icon: IconAlert, label: t('ui.verdict.warn') },
  fail: { tone: 'bad', icon: IconCircleX, label: t('ui.verdict.fail') },
  skipped: { tone: 'idle', icon: IconCircleMinus, label: t('ui.verdict.skipped') },
  unknown: { tone: 'idle', icon: IconHelp, label: t('ui.verdict.unknown') },
} as const satisfies Record<Verdict, StatusAppearance>

export const healthStatus = {
  healthy: { tone: 'good', icon: IconCircleCheck, label: t('ui.health.healthy') },
  suspended: { tone: 'idle', icon: IconPause, label: t('ui.health.suspended') },
  progressing: { tone: 'busy', icon: IconLoader, label: t('ui.health.progressing') },
  missing: { tone: 'warn', icon: IconCircleDashed, label: t('ui.health.missing') },
  degraded: { tone: 'bad', icon: IconCircleX, label: t('ui.health.degraded') },
  unknown: { tone: 'idle', icon: IconHelp, label: t('ui.health.unknown') },
  absent: { tone: 'idle', icon: IconCircleDashed, label: t('ui.health.absent') },
} as const satisfies Record<Health | 'absent', StatusAppearance>

export const stepStatus = {
  pending: { tone: 'idle', icon: IconCircleDashed, label: t('ui.step.pending') },
  running: { tone: 'busy', icon: IconLoader, label: t('ui.step.running'), spins: true },
  done: { tone: 'good', icon: IconCircleCheck, label: t('ui.step.done') },
  failed: { tone: 'bad', icon: IconCircleX, label: t('ui.step.failed') },
  skipped: { tone: 'idle', icon: IconCircleMinus, label: t('ui.step.skipped') },
} as const satisfies Record<string, StatusAppearance>

export const operationStatus = {
  running: { tone: 'busy', icon: IconLoader, label: t('ui.operation.running'), spins: true },
  interrupted: { tone: 'warn', icon: IconUnplug, label: t('ui.operation.interrupted') },
  done: { tone: 'good', icon: IconCircleCheck, label: t('ui.operation.done') },
  failed: { tone: 'bad', icon: IconCircleX, label: t('ui.operation.failed') },
  cancelled: { tone: 'idle', icon: IconBan, label: t('ui.operation.cancelled') },
} as const satisfies Record<string, StatusAppearance>

export const waitingStatus: StatusAppearance = { tone: 'idle', icon: IconCircleDashed, label: t('ui.waiting') }
export const checkingStatus: StatusAppearance = { tone: 'busy', icon: IconLoader, label: t('ui.checking'), spins: true }

interface StatusProps {
  readonly appearance: StatusAppearance
  /** Instead of the appearance's own. */
  readonly label?: string
}

/** Always an icon, a word and a colour: none of them carries the meaning alone. */
export const Status = (props: StatusProps) => <Labelled {...props} className={classes.status} />

/** The same on a tint of its colour. */
export const StatusPill = (props: StatusProps) => <Labelled {...props} className={classes.pill} />

function Labelled({ appearance, label, className }: StatusProps & { readonly className: string | undefined }) {
  const Icon = appearance.icon
  return (
    <span className={className} data-tone={appearance.tone}>
      <Icon size={15} stroke={2} aria-hidden className={appearance.spins ? 'turning' : undefined} />
      <span>{label ?? appearance.label}</span>
    </span>
  )
}
