import type { Level } from '../../preload/contract/logs.ts'
import type { Tone } from '../ui/Status.tsx'

/** Most severe first, as in the contract. */
export const levels = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'] as const satisfies Level[]

export const levelTone = {
  FATAL: 'bad',
  ERROR: 'bad',
  WARN: 'warn',
  INFO: 'busy',
  DEBUG: 'idle',
  TRACE: 'idle',
} as const satisfies Record<Level, Tone>
