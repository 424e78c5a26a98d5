import type { StageResult } from '../../../preload/contract/connectivity.ts'
import { EndpointProbe, type Outcome } from './endpoint-probe.ts'
import { skipped } from './judge/detector.ts'
import type { ProbeContext, Target } from './target.ts'
import type { Roots } from './tls/roots.ts'

export type { Outcome } from './endpoint-probe.ts'

/**
 * Asks one destination stage by stage, as its component would connect, and stops where it fails. Yields each stage as it
 * ends (a stage may be told again when a cut connection is tried once more) and returns the judgement of the row.
 * Never throws for what a far end does; throws the signal's reason when it is cancelled.
 */
export async function* probe(
  target: Target,
  context: ProbeContext,
  roots: Roots,
  signal: AbortSignal,
): AsyncGenerator<StageResult, Outcome> {
  const row = new EndpointProbe(target, context, roots)
  try {
    yield row.record('config', { verdict: 'pass', cause: '', message: configured(target) }, 0)
    const unusable = row.unusableProxy()
    yield unusable ?? (await row.dns(signal))
    if (row.failure() === undefined) yield* row.connect(signal)
    yield* row.recordDirect(signal)
    for (const stage of row.pendingStages()) yield row.record(stage, skipped('not tried: an earlier stage failed'), 0)
    return row.outcome()
  } finally {
    row.close()
  }
}

function configured({ host, port, protocol, tls, proxy, trust }: Target): string {
  const trusts = trust.kind === 'pem' ? 'its own roots' : `the ${trust.kind} roots`
  const honours = proxy === 'env' ? 'honours' : 'ignores'
  return `${host} port ${port}, ${protocol}${tls ? '' : ' without TLS'}; the component ${honours} proxy settings and trusts ${trusts}`
}
