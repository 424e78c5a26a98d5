/** Worst first. `neutral`: not installed, or nobody has looked yet. */
export const standingKinds = ['failing', 'unreachable', 'warning', 'healthy', 'neutral'] as const
export type StandingKind = (typeof standingKinds)[number]
