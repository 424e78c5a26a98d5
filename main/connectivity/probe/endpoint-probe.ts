import type { StageResult } from '../../../preload/contract/connectivity.ts'
import { Connector } from './connector.ts'
import { evidence } from './evidence.ts'
import type { AuthFacts, Facts, TlsFacts } from './facts.ts'
import { answersLarge, checkFailedTls, mayBeIntercepted, probeProxy } from './follow-up-checks.ts'
import { holds } from './hold/holds.ts'
import { type Judgement, passed, skipped, withCause } from './judge/detector.ts'
import { describeDirect } from './judge/direct.ts'
import { addressesIn } from './judge/dns.ts'
import { type EndpointJudgement, judge, judgeStage, type ProbedStage, probedStages } from './judge.ts'
import { confirmLimitMs, directLimitMs, identityLimitMs, retryPauseMs, rowLimitMs } from './limits.ts'
import { protocolClients, usesGetRequests } from './protocols/protocols.ts'
import { signIn } from './sign-in.ts'
import { resolveName, resolveNonexistentName } from './stages/dns.ts'
import type { ProbeContext, Target } from './target.ts'
import { mintsOnDemand } from './tls/confirm.ts'
import type { Roots } from './tls/roots.ts'
import { pause, TimedOut, withTimeout } from './transport/time-limit.ts'

export interface Outcome {
  readonly judgement: EndpointJudgement
  readonly stages: readonly StageResult[]
  readonly facts: Facts
}

const order: readonly StageResult['stage'][] = ['config', ...probedStages, 'auth']
const inOrder = (stages: readonly StageResult[]): readonly StageResult[] =>
  stages.toSorted((one, other) => order.indexOf(one.stage) - order.indexOf(other.stage))

const authJudgement = (auth: AuthFacts): Judgement =>
  auth.kind === 'not-tried'
    ? skipped(auth.reason)
    : auth.kind === 'accepted'
      ? passed(auth.message)
      : withCause('auth.rejected', auth.message)

/** Causes that one more connection may dispel, when they came at once. */
const retriedCauses: ReadonlySet<string> = new Set([
  'tcp.refused',
  'tcp.reset',
  'tls.reset',
  'identity.silent',
  'dns.sinkhole',
])
/** A failure that took longer than this was no chance. */
const quickFailureMs = 1_000

/** One row under way: what is known of it, what was told, and what failed. */
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

  constructor(target: Target, context: ProbeContext, roots: Roots) {
    this.#target = target
    this.#context = context
    this.#roots = roots
    this.#connector = new Connector(target, context, roots)
  }

  failure(): Judgement | undefined {
    return this.#failure
  }

  record(stage: StageResult['stage'], { verdict, message }: Judgement, ms: number): StageResult {
    const at = verdict === 'skipped' ? '' : new Date(Date.now() - ms).toISOString()
    const result: StageResult = { stage, verdict, at, ms: Math.round(ms * 10) / 10, evidence: evidence(message) }
    this.#recorded.set(stage, result)
    return result
  }

  pendingStages(): readonly ProbedStage[] {
    return probedStages.filter((stage) => !this.#recorded.has(stage))
  }

  outcome(): Outcome {
    const row = judge(this.#facts, this.#target)
    const { auth } = this.#facts
    if (auth !== undefined) this.record('auth', authJudgement(auth), this.#authMs)
    else if (row.cause === 'auth.required') this.record('auth', skipped('it asks for credentials; none were tried'), 0)
    else if (row.cause === 'auth.rejected') {
      this.record('auth', withCause('auth.rejected', 'the client certificate that was given is not accepted'), 0)
    }
    return { judgement: row, stages: inOrder([...this.#recorded.values()]), facts: this.#facts }
  }

  close(): void {
    this.#connector.close()
  }

  /** A proxy setting that cannot be followed ends the row before anything is sent. */
  unusableProxy(): StageResult | undefined {
    const { proxyChoice: choice } = this.#connector
    if (choice.kind !== 'unusable') return undefined
    this.#addFacts({ proxy: choice })
    return this.#judge('proxy', performance.now())
  }

  async dns(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const { proxyChoice: choice } = this.#connector
    if (choice.kind === 'proxy') {
      this.#addFacts({ proxyName: choice.name })
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

  /** Behind a proxy, dns and tcp are the proxy's: what the destination itself is from here is told with them, and only informs. */
  async *recordDirect(signal: AbortSignal): AsyncGenerator<StageResult> {
    await this.#direct
    signal.throwIfAborted()
    if (this.#facts.proxyName === undefined) return
    this.#addFacts({ direct: this.#directFacts })
    for (const stage of ['dns', 'tcp'] as const) {
      const told = this.#recorded.get(stage)
      if (told === undefined) continue
      const words = describeDirect(stage, this.#facts, this.#target)
      const result = { ...told, evidence: evidence(told.evidence, words) }
      this.#recorded.set(stage, result)
      yield result
    }
  }

  /** From TCP to identity; once more when the first connection was cut. */
  async *connect(signal: AbortSignal): AsyncGenerator<StageResult> {
    const before = this.#facts
    for (let earlierFailure: string | undefined; ; ) {
      const startedAt = performance.now()
      this.#failure = undefined
      this.#facts = before
      let last: StageResult | undefined
      for (const act of [() => this.#tcp(earlierFailure, signal), this.#proxy, this.#tls, this.#identity]) {
        if (this.failure() !== undefined) break
        if (last !== undefined) yield last
        last = await act.call(this, signal)
      }
      const failure = this.failure()
      const quick = performance.now() - startedAt < quickFailureMs
      if (earlierFailure === undefined && failure !== undefined && quick && retriedCauses.has(failure.cause)) {
        earlierFailure = failure.message.split('\n')[0] ?? failure.cause
        this.#connector.close()
        await pause(retryPauseMs, signal)
        continue
      }
      if (failure !== undefined && last !== undefined) last = await this.#followUp(last, signal)
      if (last !== undefined) yield last
      if (failure === undefined && this.#target.credential !== undefined) yield await this.#signIn(signal)
      if (failure === undefined && this.#holdMs > 0) yield await this.#deepChecks(signal)
      return
    }
  }

  async #signIn(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const [target, connector, context, roots] = [this.#target, this.#connector, this.#context, this.#roots]
    const seen = await withTimeout(connector.rowLeftMs + identityLimitMs, signal, (limit) =>
      signIn(this.#facts, { target, connector, context, roots }, limit),
    )
    const auth: AuthFacts = typeof seen === 'object' ? seen : { kind: 'not-tried', reason: 'no answer in time' }
    this.#authMs = performance.now() - startedAt
    this.#addFacts({ auth })
    return this.record('auth', authJudgement(auth), this.#authMs)
  }

  get #holdMs(): number {
    return (this.#context.holdSeconds ?? 0) * 1_000
  }

  /** What only time shows, once the row passed: a connection that is held without a word, and a request of several packets. */
  async #deepChecks(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const [target, connector, holdMs] = [this.#target, this.#connector, this.#holdMs]
    connector.extend(holdMs + rowLimitMs)
    // A proxy that is handed whole requests keeps connections of its own.
    const hold = connector.forwards ? undefined : holds[target.protocol]
    const held = hold?.({ target, holdMs, open: (limit) => connector.reconnectObserved(limit) }, signal)
    const large = usesGetRequests(target) ? answersLarge(target, connector, signal) : undefined
    const [seen, answered] = await Promise.all([held, large])
    this.#addFacts({
      ...(seen === undefined ? {} : { hold: seen }),
      ...(answered === undefined ? {} : { answersLarge: answered }),
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
    const judgement = judgeStage(stage, this.#facts, this.#target)
    if (judgement.verdict === 'fail' || judgement.verdict === 'unknown') this.#failure = judgement
    return this.record(stage, judgement, performance.now() - startedAt)
  }

  async #tcp(earlierFailure: string | undefined, signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    this.#addFacts({
      tcp: { ...(await this.#connector.connect(addressesIn(this.#facts.dns), signal)), earlierFailure },
    })
    return this.#judge('tcp', startedAt)
  }

  async #proxy(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const { proxyChoice: choice } = this.#connector
    if (choice.kind !== 'proxy') {
      this.#addFacts({ proxy: choice })
      return this.#judge('proxy', startedAt)
    }
    this.#addFacts({ proxy: await probeProxy(choice, this.#connector, this.#target.port, signal) })
    return this.#judge('proxy', startedAt)
  }

  async #tls(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const seen: TlsFacts = this.#target.tls ? await this.#connector.handshake(signal) : { kind: 'none' }
    this.#addFacts({ tls: seen })
    if (seen.kind === 'established') await this.#inspectCertificate(seen, signal)
    return this.#judge('tls', startedAt)
  }

  /** A certificate that public roots do not vouch for: is it a box's? And what is said by whoever has it? */
  async #inspectCertificate(seen: Extract<TlsFacts, { kind: 'established' }>, signal: AbortSignal): Promise<void> {
    if (mayBeIntercepted(seen, this.#target)) {
      const mintedOnDemand = await mintsOnDemand(
        (limit) => this.#connector.reconnect(limit),
        this.#target,
        this.#roots,
        signal,
      )
      this.#addFacts({ tls: { ...seen, mintedOnDemand } })
    }
    if (!this.#fails('tls') || seen.alpn === 'h2') return
    const unverifiedResponse = await this.#connector.getUnverified(
      () => Promise.resolve(this.#connector.stream),
      signal,
    )
    const { tls } = this.#facts
    if (tls?.kind === 'established') this.#addFacts({ tls: { ...tls, unverifiedResponse } })
  }

  async #identity(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const { tls } = this.#facts
    const conversation = {
      target: this.#target,
      stream: this.#connector.stream,
      alpn: tls?.kind === 'established' ? tls.alpn : '',
      absoluteForm: this.#connector.absoluteForm,
      reconnect: (limit: AbortSignal) => this.#connector.reconnectSecured(limit),
    }
    // Its own deadlines are inside; this one is for what answers each of many questions just in time.
    const { identify: ask } = protocolClients[this.#target.protocol]
    const seen = await withTimeout(this.#connector.rowLeftMs, signal, (limit) => ask(conversation, limit))
    const silent = { kind: 'no-response', reason: { kind: 'timeout' }, overTls: this.#target.tls } as const
    this.#addFacts({ identity: seen === TimedOut ? silent : seen })
    return this.#judge('identity', startedAt)
  }

  /** After a failure: the second looks that tell its possible causes apart, then the judgement anew. */
  async #followUp(last: StageResult, signal: AbortSignal): Promise<StageResult> {
    const stage = probedStages.find((one) => one === last.stage)
    if (stage === undefined) return last
    const startedAt = performance.now()
    if (stage === 'tcp') await this.#tryProxy(signal)
    const { tls, dns, proxyName } = this.#facts
    if (stage === 'tls' && tls?.kind === 'failed')
      this.#addFacts({
        tls: { ...tls, ...(await checkFailedTls(tls, this.#target, this.#connector, this.#roots, signal)) },
      })
    if (dns?.kind === 'queried' && proxyName === undefined && stage !== 'proxy') {
      const nonexistentNameAddresses = await withTimeout(confirmLimitMs, signal, (limit) =>
        resolveNonexistentName(this.#context.resolver, limit),
      )
      this.#addFacts({
        dns: {
          ...dns,
          nonexistentNameAddresses: nonexistentNameAddresses === TimedOut ? [] : nonexistentNameAddresses,
        },
      })
    }
    return this.#judge(stage, startedAt - last.ms)
  }

  /** For a component that ignores the proxy, where the environment has one. */
  async #tryProxy(signal: AbortSignal): Promise<void> {
    const proxyWouldReach = await this.#connector.proxyWouldReach(signal)
    if (proxyWouldReach !== undefined) this.#addFacts({ proxyWouldReach })
  }
}
