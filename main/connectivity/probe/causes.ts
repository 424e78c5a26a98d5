import { connectionsCauses } from './causes/connections.ts'
import type { CauseEntry } from './causes/entry.ts'
import { identityCauses } from './causes/identity.ts'
import { namesCauses } from './causes/names.ts'
import { passingCauses } from './causes/passing.ts'
import { proxiesCauses } from './causes/proxies.ts'
import { tlsCauses } from './causes/tls.ts'
import { vantagesCauses } from './causes/vantages.ts'

export type { CauseEntry } from './causes/entry.ts'

/** All causes. Code, documentation and tests read this table; a code, once shipped, keeps its meaning. */
export const causes = {
  ...namesCauses,
  ...connectionsCauses,
  ...proxiesCauses,
  ...tlsCauses,
  ...identityCauses,
  ...passingCauses,
  ...vantagesCauses,
} as const satisfies Readonly<Record<string, CauseEntry>>

export type Cause = keyof typeof causes

/** What to do about it; empty for a plain pass. */
export const hintOf = (cause: Cause | ''): string => (cause === '' ? '' : causes[cause].hint)

/** The entry of a code that may come from elsewhere (an older report). */
export function causeEntry(code: string): CauseEntry | undefined {
  return Object.hasOwn(causes, code) ? causes[code as Cause] : undefined // hasOwn checked it
}
