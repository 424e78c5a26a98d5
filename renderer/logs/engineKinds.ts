import type { LogEngineKind } from '../../preload/contract/logs.ts'

/** In the order in which they are offered. */
export const engineKinds = ['loki'] as const satisfies readonly LogEngineKind[]
