import type { Level } from '../../../preload/contract/logs.ts'
import type { MatchStarts } from './match-starts.ts'
import type { OriginName, Pattern } from './syntax.ts'

/** What must hold in a block for a record in it to match. Blocks are skipped by it, never chosen: each record is tested. */
export type Requirement =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Requirement[] }
  /** In lower case: the raw text has it in upper or lower case. */
  | { readonly kind: 'text'; readonly text: string }
  /** The bytes of the raw text have one of these places. */
  | { readonly kind: 'starts'; readonly starts: MatchStarts }
  | { readonly kind: 'level'; readonly levels: readonly (Level | null)[] }
  | { readonly kind: 'time'; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: 'origin'; readonly name: OriginName; readonly pattern: Pattern }

/** Holds for every block. */
export const noRequirement: Requirement = { kind: 'all', of: [] }
