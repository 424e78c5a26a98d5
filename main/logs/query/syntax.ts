import type { Level } from '../../../preload/contract/logs.ts'

/**
 * A question to logs, as a tree. It is compiled to the local store (`plan.ts`, `evaluate.ts`), to LogQL and to the query
 * language of OpenSearch, and means the same in each.
 */
export type LogExpression =
  | { readonly kind: 'and' | 'or'; readonly of: readonly LogExpression[] }
  | { readonly kind: 'not'; readonly of: LogExpression }
  | Condition

type Condition =
  /** The raw text has this, in upper or lower case. */
  | { readonly kind: 'text'; readonly text: string }
  /** The raw text matches. */
  | { readonly kind: 'regex'; readonly regex: Regex }
  | { readonly kind: 'level'; readonly levels: readonly (Level | null)[] }
  /** `source`, `pod`, `container`, or a field of the parsed line. */
  | { readonly kind: 'field'; readonly name: string; readonly pattern: Pattern }
  | { readonly kind: 'compare'; readonly name: string; readonly operator: Comparison; readonly number: number }
  /** From the first up to the second, in ms since 1970, without the second. */
  | { readonly kind: 'time'; readonly fromMs: number; readonly toMs: number }

type Comparison = '>' | '>=' | '<' | '<='

/** In the syntax of RE2. */
export interface Regex {
  readonly source: string
  readonly ignoreCase: boolean
}

/** A whole value in upper or lower case; `*` stands for any text. */
export type Pattern =
  | { readonly kind: 'glob'; readonly parts: readonly string[] }
  | { readonly kind: 'regex'; readonly regex: Regex }

/** Matches every record. */
export const everything: LogExpression = { kind: 'and', of: [] }

/** The names of where a line is from; other names are fields of the line. */
const originNames = ['source', 'pod', 'container'] as const
export type OriginName = (typeof originNames)[number]

export const isOrigin = (name: string): name is OriginName => (originNames as readonly string[]).includes(name)
