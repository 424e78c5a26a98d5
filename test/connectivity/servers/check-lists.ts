import { checkEndpoints } from '../../../main/connectivity/connectivity.ts'
import type { Result } from '../../../preload/contract/connectivity.ts'
import { EndpointList } from '../../../preload/contract/profiles.ts'

/**
 * Checks several lists at once in a separate process, whose memory is then that of the checks only.
 * Reads an array of lists as JSON from stdin and prints `Checked`.
 */
export interface Checked {
  readonly results: readonly (readonly Result[])[]
  /** The peak memory of the process. */
  readonly peakBytes: number
  readonly tookMs: number
}

const parts: Buffer[] = []
for await (const part of process.stdin) parts.push(part)
const lists = EndpointList.array().parse(JSON.parse(Buffer.concat(parts).toString('utf8')))
const startedAt = performance.now()
const results = await Promise.all(
  lists.map(async (list) => {
    for await (const event of checkEndpoints(list, { env: {} }, AbortSignal.timeout(60_000)))
      if (event.kind === 'finished') return event.report.results
    return []
  }),
)
const checked: Checked = {
  results,
  peakBytes: process.resourceUsage().maxRSS * 1_024,
  tookMs: performance.now() - startedAt,
}
process.stdout.write(JSON.stringify(checked), () => process.exit())
