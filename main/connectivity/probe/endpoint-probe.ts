import type { Duplex } from 'node:stream'
import type { StageResult } from '../../../preload/contract/connectivity.ts'
import { Connector } from './connector.ts'
import { evidence } from './evidence.ts'
import type { AuthFacts, Facts, TlsFacts } from './facts.ts'
import { answersLarge, checkFailedTls, componentHello, mayBeIntercepted, probeProxy } from './follow-up-checks.ts'
import { holds } from './hold/holds.ts'
import { type Judgement, passed, skipped, withCause } from './judge/detector.ts'
import { describeDirect } from './judge/direct.ts'
import { addressesIn } from './judge/dns.ts'
import { judge, judgeStage, type ProbedStage, probedStages } from './judge.ts'
import {
  confirmLimitMs,
  directLimitMs,
  endpointLimitMs,
  identityLimitMs,
  retryPauseMs,
  starvedBeats,
  starvedShare,
} from './limits.ts'
import { protocolClients, usesGetRequests } from './protocols/protocols.ts'
import { signIn } from './sign-in.ts'
import { resolveName, resolveNonexistentName } from './stages/dns.ts'
import type { ProbeContext, Target } from './target.ts'
import { mintsOnDemand } from './tls/confirm.ts'
import type { Roots } from './tls/roots.ts'
import {
  measureStarvation,
  pause,
  starvationNow,
  starvationSince,
  TimedOut,
  withTimeout,
} from './transport/time-limit.ts'

/** What a probe returns, which knows no vantage: the judgement of the endpoint, its judged stages and its facts. */
export interface Outcome extends Pick<Judgement, 'verdict' | 'cause'> {
  readonly stages: readonly StageResult[]
  readonly facts: Facts
}

const stageOrder: readonly StageResult['stage'][] = ['config', ...probedStages, 'auth']
const byOrder = (a: StageResult, b: StageResult): number => stageOrder.indexOf(a.stage) - stageOrder.indexOf(b.stage)

function judgeAuth(auth: AuthFacts): Judgement {
  if (auth.kind === 'not-tried') return skipped(auth.reason)
  return auth.kind === 'accepted' ? passed(auth.message) : withCause('auth.rejected', auth.message)
}

/** Causes of a quick first failure for which the connection is retried once. */
const retriedCauses: ReadonlySet<string> = new Set([
  'tcp.refused',
  'tcp.reset',
  'tls.reset',
  'identity.silent',
  'dns.sinkhole',
])
/** A failure that took longer is not intermittent. */
const quickFailureMs = 1_000

/** The probe of one endpoint while it runs: its facts, its recorded stages and its failure. */
export class EndpointProbe {
  readonly #target: Target
  readonly #context: ProbeContext
  readonly #roots: Roots
  readonly #connector: Connector
  readonly #recorded = new Map<StageResult['stage'], StageResult>()
  #facts: Facts = {}
  #failure: Judgement | undefined
  #authMs = 0
  #direct: Promise<unknown> = Promise.resolve()
  #directFacts: Facts['direct']
  readonly #endMeasuring = measureStarvation()
  /** How this process ran before the current stage. */
  #before = starvationNow()

  constructor(target: Target, context: ProbeContext, roots: Roots) {
    this.#target = target
    this.#context = context
    this.#roots = roots
    this.#connector = new Connector(target, context, roots)
  }

  failure(): Judgement | undefined {
    return this.#failure
  }

  record(stage: StageResult['stage'], { verdict, message, details }: Judgement, ms: number): StageResult {
    const at = verdict === 'skipped' ? '' : new Date(Date.now() - ms).toISOString()
    const result = { stage, verdict, at, ms: Math.round(ms * 10) / 10, evidence: evidence(message, details) }
    this.#recorded.set(stage, result)
    return result
  }

  pendingStages(): readonly ProbedStage[] {
    return probedStages.filter((stage) => !this.#recorded.has(stage))
  }

  outcome(): Outcome {
    const { verdict, cause } = judge(this.#facts, this.#target)
    const { auth } = this.#facts
    if (auth !== undefined) this.record('auth', judgeAuth(auth), this.#authMs)
    else if (cause === 'auth.required')
      this.record('auth', skipped('the service requires credentials; none were tried'), 0)
    else if (cause === 'auth.rejected')
      this.record('auth', withCause('auth.rejected', 'the client certificate is not accepted'), 0)
    return { verdict, cause, stages: [...this.#recorded.values()].toSorted(byOrder), facts: this.#facts }
  }

  close(): void {
    this.#endMeasuring()
    this.#connector.close()
  }

  /** A proxy setting that cannot be used ends the probe before anything is sent. */
  unusableProxy(): StageResult | undefined {
    const { proxyChoice } = this.#connector
    if (proxyChoice.kind !== 'unusable' && proxyChoice.kind !== 'misspelled') return undefined
    this.#addFacts({ proxy: proxyChoice })
    return this.#judge('proxy', performance.now())
  }

  async dns(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const { proxyChoice } = this.#connector
    if (proxyChoice.kind === 'proxy') {
      this.#addFacts({ proxyName: proxyChoice.name })
      this.#direct = withTimeout(directLimitMs, signal, (limit) =>
        this.#connector.inspectDirect(limit, (direct) => {
          this.#directFacts = direct
        }),
      ).catch(() => undefined)
    }
    this.#addFacts({ dns: await resolveName(this.#connector.host, this.#context.resolver, signal) })
    if (this.#fails('dns')) await this.#tryProxy(signal)
    return this.#judge('dns', startedAt)
  }

  /** Behind a proxy, dns and tcp are about the proxy: adds the result without the proxy to their evidence, for information. */
  async *recordDirect(signal: AbortSignal): AsyncGenerator<StageResult> {
    await this.#direct
    signal.throwIfAborted()
    if (this.#facts.proxyName === undefined) return
    const noProxyRange = this.#connector.noProxyRange(addressesIn(this.#directFacts?.dns))
    const noProxyMiss = this.#connector.noProxyMiss()
    this.#addFacts({
      direct: this.#directFacts,
      ...(noProxyRange === undefined ? {} : { noProxyRange }),
      ...(noProxyMiss === undefined ? {} : { noProxyMiss }),
    })
    for (const stage of ['dns', 'tcp', 'proxy'] as const) {
      const recorded = this.#recorded.get(stage)
      if (recorded === undefined) continue
      const { message, details } = judgeStage(stage, this.#facts, this.#target)
      const judged = recorded.verdict === 'fail' ? evidence(message, details) : recorded.evidence
      const direct = stage === 'proxy' ? '' : describeDirect(stage, this.#facts, this.#target)
      const result = { ...recorded, evidence: evidence(judged, direct) }
      this.#recorded.set(stage, result)
      yield result
    }
  }

  /** The stages from TCP to identity, retried once after a quick failure; then sign-in and deep checks if they passed. */
  async *connect(signal: AbortSignal): AsyncGenerator<StageResult> {
    const factsBefore = this.#facts
    const startedAt = performance.now()
    let last = yield* this.#runStages(undefined, signal)
    const first = this.failure()
    const isQuick = performance.now() - startedAt < quickFailureMs
    if (first !== undefined && isQuick && retriedCauses.has(first.cause)) {
      this.#connector.close()
      await pause(retryPauseMs, signal)
      this.#facts = factsBefore
      last = yield* this.#runStages(first.message, signal)
    }
    const failure = this.failure()
    if (failure !== undefined && last !== undefined) last = await this.#followUp(last, signal)
    if (last !== undefined) yield last
    if (failure === undefined && this.#target.credential !== undefined) yield await this.#signIn(signal)
    if (failure === undefined && this.#holdMs > 0) yield await this.#deepChecks(signal)
  }

  /** Runs the stages until one fails. Returns the last one, which follow-up checks may still change, instead of yielding it. */
  async *#runStages(
    earlierFailure: string | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<StageResult, StageResult | undefined> {
    this.#failure = undefined
    let last = await this.#tcp(earlierFailure, signal)
    for (const stage of ['proxy', 'tls', 'identity'] as const) {
      if (this.failure() !== undefined) break
      yield last
      last = await this.#runStage(stage, signal)
    }
    return last
  }

  #runStage(stage: 'proxy' | 'tls' | 'identity', signal: AbortSignal): Promise<StageResult> {
    if (stage === 'proxy') return this.#proxy(signal)
    return stage === 'tls' ? this.#tls(signal) : this.#identity(signal)
  }

  async #signIn(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const [target, connector, context, roots] = [this.#target, this.#connector, this.#context, this.#roots]
    const result = await withTimeout(connector.endpointTimeLeftMs + identityLimitMs, signal, (limit) =>
      signIn(this.#facts, { target, connector, context, roots }, limit),
    )
    const auth: AuthFacts = typeof result === 'object' ? result : { kind: 'not-tried', reason: 'no response in time' }
    this.#authMs = performance.now() - startedAt
    this.#addFacts({ auth })
    return this.record('auth', judgeAuth(auth), this.#authMs)
  }

  get #holdMs(): number {
    return (this.#context.holdSeconds ?? 0) * 1_000
  }

  /** After a pass: faults that only an idle connection or a request of several packets shows. */
  async #deepChecks(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const [target, connector, holdMs] = [this.#target, this.#connector, this.#holdMs]
    connector.extend(holdMs + endpointLimitMs)
    // A forwarding proxy has its own connections to the destination.
    const holdConnection = connector.forwards ? undefined : holds[target.protocol]
    // Idle connections are held over HTTP/1.1, which every server of these protocols has.
    const alpn = usesGetRequests(target) ? ['http/1.1'] : connector.alpn
    const request = { target, holdMs, open: (limit: AbortSignal) => connector.reconnectObserved(limit, alpn) }
    const [hold, large] = await Promise.all([
      holdConnection?.(request, signal),
      usesGetRequests(target) ? answersLarge(target, connector, signal) : undefined,
    ])
    this.#addFacts({
      ...(hold === undefined ? {} : { hold }),
      ...(large === undefined ? {} : { answersLarge: large }),
    })
    return this.#judge('identity', startedAt)
  }

  #addFacts(facts: Facts): void {
    this.#facts = { ...this.#facts, ...facts }
  }

  #fails(stage: ProbedStage): boolean {
    return judgeStage(stage, this.#facts, this.#target).verdict === 'fail'
  }

  /** Judges the stage that just ended, and remembers a failure. */
  #judge(stage: ProbedStage, startedAt: number): StageResult {
    this.#addStarvation(stage, performance.now() - startedAt)
    const judgement = judgeStage(stage, this.#facts, this.#target)
    if (judgement.verdict === 'fail' || judgement.verdict === 'unknown') this.#failure = judgement
    return this.record(stage, judgement, performance.now() - startedAt)
  }

  /** Remembers that this process hardly ran during a stage, also for the follow-up checks of the same stage. */
  #addStarvation(stage: ProbedStage, ms: number): void {
    const { lostMs, beats, lateBeats } = starvationSince(this.#before)
    this.#before = starvationNow()
    if (lateBeats < starvedBeats || lateBeats < starvedShare * beats) return
    this.#addFacts({ starved: { ...this.#facts.starved, [stage]: { ms, lostMs } } })
  }

  async #tcp(earlierFailure: string | undefined, signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const tcp = await this.#connector.connect(addressesIn(this.#facts.dns), signal)
    this.#addFacts({ tcp: { ...tcp, earlierFailure } })
    return this.#judge('tcp', startedAt)
  }

  async #proxy(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const { proxyChoice } = this.#connector
    const proxy =
      proxyChoice.kind === 'proxy'
        ? await probeProxy(proxyChoice, this.#connector, this.#target.port, signal)
        : proxyChoice
    this.#addFacts({ proxy })
    return this.#judge('proxy', startedAt)
  }

  async #tls(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const tls: TlsFacts = this.#target.tls ? await this.#handshake(signal) : { kind: 'none' }
    this.#addFacts({ tls })
    if (tls.kind === 'established') await this.#inspectCertificate(tls, signal)
    return this.#judge('tls', startedAt)
  }

  async #handshake(signal: AbortSignal): Promise<TlsFacts> {
    // Before it, so that nothing waits between the handshake and the first request: servers time out, and send alerts.
    const longHello = await componentHello(this.#target, this.#connector, signal)
    const tls = await this.#connector.handshake(signal)
    return tls.kind === 'established' ? { ...tls, longHello } : tls
  }

  /** For a certificate without a public root: whether a device issued it, and what the server responds to a plain GET. */
  async #inspectCertificate(tls: Extract<TlsFacts, { kind: 'established' }>, signal: AbortSignal): Promise<void> {
    let inspected = tls
    if (mayBeIntercepted(tls, this.#target)) {
      const reconnect = (limit: AbortSignal): Promise<Duplex | undefined> => this.#connector.reconnect(limit)
      const mintedOnDemand = await mintsOnDemand(reconnect, this.#target, this.#roots, signal)
      inspected = { ...inspected, mintedOnDemand }
      this.#addFacts({ tls: inspected })
    }
    if (!this.#fails('tls')) return
    const open = (): Promise<Duplex> => Promise.resolve(this.#connector.stream)
    const unverifiedResponse = await this.#connector.getUnverified(open, signal)
    this.#addFacts({ tls: { ...inspected, unverifiedResponse } })
  }

  async #identity(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const { tls } = this.#facts
    const connection = {
      target: this.#target,
      stream: this.#connector.stream,
      alpn: tls?.kind === 'established' ? tls.alpn : '',
      absoluteForm: this.#connector.absoluteForm,
      reconnect: (limit: AbortSignal) => this.#connector.reconnectSecured(limit),
    }
    // Each request has its own limit; this one is for a server that answers each of many requests just in time.
    const { identify } = protocolClients[this.#target.protocol]
    const identity = await withTimeout(this.#connector.endpointTimeLeftMs, signal, (limit) =>
      identify(connection, limit),
    )
    const timedOut = { kind: 'no-response', reason: { kind: 'timeout' }, overTls: this.#target.tls } as const
    this.#addFacts({ identity: identity === TimedOut ? timedOut : identity })
    return this.#judge('identity', startedAt)
  }

  /** After a failure: the follow-up checks that distinguish its possible causes, then the judgement with them. */
  async #followUp(last: StageResult, signal: AbortSignal): Promise<StageResult> {
    const stage = probedStages.find((probed) => probed === last.stage)
    if (stage === undefined) return last
    const startedAt = performance.now()
    if (stage === 'tcp') await this.#tryProxy(signal)
    const { tls, dns, proxyName } = this.#facts
    if (stage === 'tls' && tls?.kind === 'failed')
      this.#addFacts({
        tls: { ...tls, ...(await checkFailedTls(tls, this.#target, this.#connector, this.#roots, signal)) },
      })
    if (dns?.kind === 'queried' && proxyName === undefined && stage !== 'proxy') {
      const addresses = await withTimeout(confirmLimitMs, signal, (limit) =>
        resolveNonexistentName(this.#context.resolver, limit),
      )
      this.#addFacts({ dns: { ...dns, nonexistentNameAddresses: addresses === TimedOut ? [] : addresses } })
    }
    return this.#judge(stage, startedAt - last.ms)
  }

  /** Whether a proxy of the environment that the component does not use reaches the destination. */
  async #tryProxy(signal: AbortSignal): Promise<void> {
    const proxyWouldReach = await this.#connector.proxyWouldReach(signal)
    if (proxyWouldReach !== undefined) this.#addFacts({ proxyWouldReach })
  }
}
