import type { StageResult } from '../../../preload/contract/connectivity.ts'
import { EndpointProbe, type Outcome } from './endpoint-probe.ts'
import { skipped } from './judge/detector.ts'
import { lacksScheme } from './proxy/spelling.ts'
import type { ProbeContext, Target } from './target.ts'
import { Roots } from './tls/roots.ts'

export type { Outcome } from './endpoint-probe.ts'

/** Probes a destination from one vantage. */
export type Prober = (target: Target, signal: AbortSignal) => AsyncGenerator<StageResult, Outcome>

/** The probes of one vantage, which read its trusted roots once. */
export function proberFor(context: ProbeContext): Prober {
  const roots = new Roots()
  return (target, signal) => probe(target, context, roots, signal)
}

/**
 * Probes one destination stage by stage, as its component connects, and stops at the first failure. Yields each stage as it
 * ends (again when a failed connection is retried) and returns the outcome.
 * Network failures are outcomes: it throws only the signal's abort reason.
 */
async function* probe(
  target: Target,
  context: ProbeContext,
  roots: Roots,
  signal: AbortSignal,
): AsyncGenerator<StageResult, Outcome> {
  const endpoint = new EndpointProbe(target, context, roots)
  try {
    yield endpoint.record('config', { verdict: 'pass', cause: '', message: configured(target, context) }, 0)
    const unusable = endpoint.unusableProxy()
    yield unusable ?? (await endpoint.dns(signal))
    if (endpoint.failure() === undefined) yield* endpoint.connect(signal)
    yield* endpoint.recordDirect(signal)
    for (const stage of endpoint.pendingStages())
      yield endpoint.record(stage, skipped('not tried: an earlier stage failed'), 0)
    return endpoint.outcome()
  } finally {
    endpoint.close()
  }
}

function configured({ host, port, protocol, tls, proxy, trust }: Target, { proxies }: ProbeContext): string {
  const roots = trust.kind === 'pem' ? 'its own roots' : `the ${trust.kind} roots`
  const setting = proxy === 'env' ? (tls ? proxies.httpsProxy : proxies.httpProxy) : ''
  const schemeNote =
    setting !== '' && lacksScheme(setting)
      ? '; the proxy setting has no scheme: Go and curl take http://, other programs reject it'
      : ''
  const honours = proxy === 'env' ? 'honours' : 'ignores'
  return `${host} port ${port}, ${protocol}${tls ? '' : ' without TLS'}; the component ${honours} proxy settings and trusts ${roots}${schemeNote}`
}
