import type { LogEngineKind } from '../../preload/contract/logs.ts'

/** In the order in which they are offered. */
export const engineKinds = ['loki', 'opensearch'] as const satisfies readonly LogEngineKind[]

/** Of the names of indices, as in the contract. */
export const indexLimitCharacters = 1_000
