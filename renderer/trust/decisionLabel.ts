import { isDesktop } from '../lib/host.ts'
import { t } from '../strings/t.ts'

/** Of a button that decides about trust: in the desktop app, it opens the dialog of the system that asks. */
export const decisionLabel = (label: string): string => (isDesktop ? t('trust.inDialog', { label }) : label)
