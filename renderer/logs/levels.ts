import type { Level as LevelName } from '../../preload/contract/logs.ts'
import type { Tone } from '../ui/Status.tsx'

/** Gravest first, as in the contract. */
export const Level = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'] as const satisfies LevelName[]

export const levelTone = {
  FATAL: 'bad',
  ERROR: 'bad',
  WARN: 'warn',
  INFO: 'busy',
  DEBUG: 'idle',
  TRACE: 'idle',
} as const satisfies Record<LevelName, Tone>
