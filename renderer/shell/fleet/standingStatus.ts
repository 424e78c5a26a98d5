import { t } from '../../strings/t.ts'
import { IconAlert, IconCircleCheck, IconCircleDashed, IconCircleX, IconUnplug } from '../../ui/icons.ts'
import type { StatusAppearance } from '../../ui/Status.tsx'
import type { StandingKind } from './standingKind.ts'

export const standingStatus = {
  failing: { tone: 'bad', icon: IconCircleX, label: t('fleet.kind.failing') },
  unreachable: { tone: 'bad', icon: IconUnplug, label: t('fleet.kind.unreachable') },
  warning: { tone: 'warn', icon: IconAlert, label: t('fleet.kind.warning') },
  healthy: { tone: 'good', icon: IconCircleCheck, label: t('fleet.kind.healthy') },
  neutral: { tone: 'idle', icon: IconCircleDashed, label: t('fleet.kind.neutral') },
} as const satisfies Record<StandingKind, StatusAppearance>
