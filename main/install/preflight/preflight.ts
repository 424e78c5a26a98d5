import type { PreflightEvent } from '../../../preload/contract/install.ts'
import type { Tools } from '../operate.ts'
export async function* preflight(
  _tools: Tools,
  _planeId: string,
  _signal: AbortSignal,
): AsyncGenerator<PreflightEvent> {}
