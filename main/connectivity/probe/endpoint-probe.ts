import type { StageResult } from '../../../preload/contract/connectivity.ts'
import { Connector } from './connector.ts'
import { evidence } from './evidence.ts'
import type { AuthFacts, Facts, TlsFacts } from './facts.ts'
import { answersLarge, lookAtFailedTls, mayBeBox, throughProxy } from './follow-up-checks.ts'
import { holds } from './hold/holds.ts'
import { because, type Judgement, notDone, plainPass } from './judge/detector.ts'
import { directWords } from './judge/direct.ts'
import { addressesIn } from './judge/dns.ts'
import { judge, judgeStage, type ProbedStage, probedStages, type RowJudgement } from './judge.ts'
import { confirmLimitMs, directLimitMs, identityLimitMs, retryPauseMs, rowLimitMs } from './limits.ts'
import { asksPages, speakers } from './protocols/protocols.ts'
import { signIn } from './sign-in.ts'
import { askForInvented, resolveName } from './stages/dns.ts'
import type { ProbeContext, Target } from './target.ts'
import { mintsOnDemand } from './tls/confirm.ts'
import type { Roots } from './tls/roots.ts'
import { late, pause, within } from './transport/time-limit.ts'

export interface Outcome {
  readonly row: RowJudgement
  readonly stages: readonly StageResult[]
  readonly facts: Facts
}

const order: readonly StageResult['stage'][] = ['config', ...probedStages, 'auth']
const inOrder = (stages: readonly StageResult[]): readonly StageResult[] =>
  stages.toSorted((one, other) => order.indexOf(one.stage) - order.indexOf(other.stage))

const authJudgement = (auth: AuthFacts): Judgement =>
  auth.kind === 'untried'
    ? notDone(auth.why)
    : auth.kind === 'accepted'
      ? plainPass(auth.says)
      : because('auth.rejected', auth.says)

/** Causes that one more connection may dispel, when they came at once. */
const worthRetrying: ReadonlySet<string> = new Set([
  'tcp.refused',
  'tcp.reset',
  'tls.reset',
  'identity.silent',
  'dns.sinkhole',
])
/** A failure that took longer than this was no chance. */
const quickMs = 1_000

/** One row under way: what is known of it, what was told, and what failed. */
export class EndpointProbe {
  readonly #target: Target
  readonly #context: ProbeContext
  readonly #roots: Roots
  readonly #way: Connector
  readonly #told = new Map<StageResult['stage'], StageResult>()
  #facts: Facts = {}
  #failure: Judgement | undefined
  #authMs = 0
  #direct: Promise<unknown> = Promise.resolve()
  #seenDirectly: Facts['direct']

  constructor(target: Target, context: ProbeContext, roots: Roots) {
    this.#target = target
    this.#context = context
    this.#roots = roots
    this.#way = new Connector(target, context, roots)
  }

  failure(): Judgement | undefined {
    return this.#failure
  }

  tell(stage: StageResult['stage'], { verdict, says }: Judgement, ms: number): StageResult {
    const at = verdict === 'skipped' ? '' : new Date(Date.now() - ms).toISOString()
    const result: StageResult = { stage, verdict, at, ms: Math.round(ms * 10) / 10, evidence: evidence(says) }
    this.#told.set(stage, result)
    return result
  }

  untold(): readonly ProbedStage[] {
    return probedStages.filter((stage) => !this.#told.has(stage))
  }

  outcome(): Outcome {
    const row = judge(this.#facts, this.#target)
    const { auth } = this.#facts
    if (auth !== undefined) this.tell('auth', authJudgement(auth), this.#authMs)
    else if (row.cause === 'auth.required') this.tell('auth', notDone('it asks for credentials; none were tried'), 0)
    else if (row.cause === 'auth.rejected') {
      this.tell('auth', because('auth.rejected', 'the client certificate that was given is not accepted'), 0)
    }
    return { row, stages: inOrder([...this.#told.values()]), facts: this.#facts }
  }

  close(): void {
    this.#way.close()
  }

  /** A proxy setting that cannot be followed ends the row before anything is sent. */
  unusableProxy(): StageResult | undefined {
    const { choice } = this.#way
    if (choice.kind !== 'unusable') return undefined
    this.#learn({ proxy: choice })
    return this.#judge('proxy', performance.now())
  }

  async dns(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const { choice } = this.#way
    if (choice.kind === 'proxy') {
      this.#learn({ through: choice.name })
      this.#direct = within(directLimitMs, signal, (limit) =>
        this.#way.direct(limit, (direct) => {
          this.#seenDirectly = direct
        }),
      ).catch(() => undefined)
    }
    this.#learn({ dns: await resolveName(this.#way.host, this.#context.resolver, signal) })
    if (this.#fails('dns')) await this.#askProxyInstead(signal)
    return this.#judge('dns', startedAt)
  }

  /** Behind a proxy, dns and tcp are the proxy's: what the destination itself is from here is told with them, and only informs. */
  async *tellDirect(signal: AbortSignal): AsyncGenerator<StageResult> {
    await this.#direct
    signal.throwIfAborted()
    if (this.#facts.through === undefined) return
    this.#learn({ direct: this.#seenDirectly })
    for (const stage of ['dns', 'tcp'] as const) {
      const told = this.#told.get(stage)
      if (told === undefined) continue
      const words = directWords(stage, this.#facts, this.#target)
      const result = { ...told, evidence: evidence(told.evidence, words) }
      this.#told.set(stage, result)
      yield result
    }
  }

  /** From TCP to identity; once more when the first connection was cut. */
  async *connect(signal: AbortSignal): AsyncGenerator<StageResult> {
    const before = this.#facts
    for (let cutBefore: string | undefined; ; ) {
      const startedAt = performance.now()
      this.#failure = undefined
      this.#facts = before
      let last: StageResult | undefined
      for (const act of [() => this.#tcp(cutBefore, signal), this.#proxy, this.#tls, this.#identity]) {
        if (this.failure() !== undefined) break
        if (last !== undefined) yield last
        last = await act.call(this, signal)
      }
      const failure = this.failure()
      const quick = performance.now() - startedAt < quickMs
      if (cutBefore === undefined && failure !== undefined && quick && worthRetrying.has(failure.cause)) {
        cutBefore = failure.says.split('\n')[0] ?? failure.cause
        this.#way.close()
        await pause(retryPauseMs, signal)
        continue
      }
      if (failure !== undefined && last !== undefined) last = await this.#lookAgain(last, signal)
      if (last !== undefined) yield last
      if (failure === undefined && this.#target.credential !== undefined) yield await this.#signIn(signal)
      if (failure === undefined && this.#holdMs > 0) yield await this.#deep(signal)
      return
    }
  }

  async #signIn(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const [target, way, context, roots] = [this.#target, this.#way, this.#context, this.#roots]
    const seen = await within(way.rowLeftMs + identityLimitMs, signal, (limit) =>
      signIn(this.#facts, { target, way, context, roots }, limit),
    )
    const auth: AuthFacts = typeof seen === 'object' ? seen : { kind: 'untried', why: 'no answer in time' }
    this.#authMs = performance.now() - startedAt
    this.#learn({ auth })
    return this.tell('auth', authJudgement(auth), this.#authMs)
  }

  get #holdMs(): number {
    return (this.#context.holdSeconds ?? 0) * 1_000
  }

  /** What only time shows, once the row passed: a connection that is held without a word, and a request of several packets. */
  async #deep(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const [target, way, holdMs] = [this.#target, this.#way, this.#holdMs]
    way.extend(holdMs + rowLimitMs)
    // A proxy that is handed whole requests keeps connections of its own.
    const hold = way.forwards ? undefined : holds[target.protocol]
    const held = hold?.({ target, holdMs, open: (limit) => way.line(limit) }, signal)
    const large = asksPages(target) ? answersLarge(target, way, signal) : undefined
    const [seen, answered] = await Promise.all([held, large])
    this.#learn({
      ...(seen === undefined ? {} : { hold: seen }),
      ...(answered === undefined ? {} : { answersLarge: answered }),
    })
    return this.#judge('identity', startedAt)
  }

  #learn(facts: Facts): void {
    this.#facts = { ...this.#facts, ...facts }
  }

  #fails(stage: ProbedStage): boolean {
    return judgeStage(stage, this.#facts, this.#target).verdict === 'fail'
  }

  /** Judges the stage that just ended, and remembers a failure. */
  #judge(stage: ProbedStage, startedAt: number): StageResult {
    const judgement = judgeStage(stage, this.#facts, this.#target)
    if (judgement.verdict === 'fail' || judgement.verdict === 'unknown') this.#failure = judgement
    return this.tell(stage, judgement, performance.now() - startedAt)
  }

  async #tcp(cutBefore: string | undefined, signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    this.#learn({ tcp: { ...(await this.#way.connect(addressesIn(this.#facts.dns), signal)), cutBefore } })
    return this.#judge('tcp', startedAt)
  }

  async #proxy(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const { choice } = this.#way
    if (choice.kind !== 'proxy') {
      this.#learn({ proxy: choice })
      return this.#judge('proxy', startedAt)
    }
    this.#learn({ proxy: await throughProxy(choice, this.#way, this.#target.port, signal) })
    return this.#judge('proxy', startedAt)
  }

  async #tls(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const seen: TlsFacts = this.#target.tls ? await this.#way.secure(signal) : { kind: 'none' }
    this.#learn({ tls: seen })
    if (seen.kind === 'established') await this.#doubt(seen, signal)
    return this.#judge('tls', startedAt)
  }

  /** A certificate that public roots do not vouch for: is it a box's? And what is said by whoever has it? */
  async #doubt(seen: Extract<TlsFacts, { kind: 'established' }>, signal: AbortSignal): Promise<void> {
    if (mayBeBox(seen, this.#target)) {
      const minted = await mintsOnDemand((limit) => this.#way.again(limit), this.#target, this.#roots, signal)
      this.#learn({ tls: { ...seen, minted } })
    }
    if (!this.#fails('tls') || seen.alpn === 'h2') return
    const peek = await this.#way.peek(() => Promise.resolve(this.#way.stream), signal)
    const { tls } = this.#facts
    if (tls?.kind === 'established') this.#learn({ tls: { ...tls, peek } })
  }

  async #identity(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const { tls } = this.#facts
    const conversation = {
      target: this.#target,
      stream: this.#way.stream,
      alpn: tls?.kind === 'established' ? tls.alpn : '',
      envelope: this.#way.envelope,
      again: (limit: AbortSignal) => this.#way.securedAgain(limit),
    }
    // Its own deadlines are inside; this one is for what answers each of many questions just in time.
    const { ask } = speakers[this.#target.protocol]
    const seen = await within(this.#way.rowLeftMs, signal, (limit) => ask(conversation, limit))
    const silent = { kind: 'no-answer', silence: { kind: 'silent' }, overTls: this.#target.tls } as const
    this.#learn({ identity: seen === late ? silent : seen })
    return this.#judge('identity', startedAt)
  }

  /** After a failure: the second looks that tell its possible causes apart, then the judgement anew. */
  async #lookAgain(last: StageResult, signal: AbortSignal): Promise<StageResult> {
    const stage = probedStages.find((one) => one === last.stage)
    if (stage === undefined) return last
    const startedAt = performance.now()
    if (stage === 'tcp') await this.#askProxyInstead(signal)
    const { tls, dns, through } = this.#facts
    if (stage === 'tls' && tls?.kind === 'failed')
      this.#learn({ tls: { ...tls, ...(await lookAtFailedTls(tls, this.#target, this.#way, this.#roots, signal)) } })
    if (dns?.kind === 'asked' && through === undefined && stage !== 'proxy') {
      const invented = await within(confirmLimitMs, signal, (limit) => askForInvented(this.#context.resolver, limit))
      this.#learn({ dns: { ...dns, invented: invented === late ? [] : invented } })
    }
    return this.#judge(stage, startedAt - last.ms)
  }

  /** For a component that ignores the proxy, where the environment has one. */
  async #askProxyInstead(signal: AbortSignal): Promise<void> {
    const proxyWouldReach = await this.#way.proxyWouldReach(signal)
    if (proxyWouldReach !== undefined) this.#learn({ proxyWouldReach })
  }
}
