import type { Duplex } from 'node:stream'
import type { StageResult } from '../../../preload/contract/connectivity.ts'
import { bareHost } from './addresses.ts'
import { Channel } from './channel.ts'
import type { Facts, HttpFacts } from './facts.ts'
import { askHttp } from './http1.ts'
import { because, type Judgement, notDone } from './judge/detector.ts'
import { addressesIn } from './judge/dns.ts'
import { signsOfInterception } from './judge/tls.ts'
import { judge, judgeStage, type ProbedStage, probedStages, type RowJudgement } from './judge.ts'
import { confirmLimitMs, retryPauseMs, rowLimitMs } from './limits.ts'
import { chooseProxy, type ProxyChoice, proxyFor } from './no-proxy.ts'
import { hostHeader } from './protocols/http.ts'
import { speakers } from './protocols/speakers.ts'
import { evidence } from './redact.ts'
import { type Route, reopen, throughProxy } from './route.ts'
import { askForInvented, resolveName } from './stages/dns.ts'
import { openSocket } from './stages/tcp.ts'
import { shakeHands } from './stages/tls.ts'
import type { ProbeContext, Target } from './target.ts'
import { answersOtherName, answersSmall, cutsSilent, mintsOnDemand } from './tls/confirm.ts'
import type { Roots } from './tls/roots.ts'
import { late, pause, within } from './within.ts'

export interface Outcome {
  readonly row: RowJudgement
  readonly stages: readonly StageResult[]
  readonly facts: Facts
}

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
  const row = new Row(target, context, roots, performance.now() + rowLimitMs)
  try {
    yield row.tell('config', { verdict: 'pass', cause: '', says: configured(target) }, 0)
    yield await row.dns(signal)
    if (!row.failed) yield* row.connect(signal)
    for (const stage of row.untold()) yield row.tell(stage, notDone('not tried: an earlier stage failed'), 0)
    return row.outcome()
  } finally {
    row.close()
  }
}

function configured({ host, port, protocol, tls, proxy, trust }: Target): string {
  const trusts = trust.kind === 'pem' ? 'its own roots' : `the ${trust.kind} roots`
  return `${host} port ${port}, ${protocol}${tls ? '' : ' without TLS'}; the component ${proxy === 'env' ? 'honours' : 'ignores'} proxy settings and trusts ${trusts}`
}

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

/** One row under way: what is known of it, and the connection that is open. */
class Row {
  readonly #target: Target
  readonly #context: ProbeContext
  readonly #roots: Roots
  readonly #choice: ProxyChoice
  readonly #endsAt: number
  readonly #told = new Map<StageResult['stage'], StageResult>()
  readonly #open = new Set<Duplex>()
  /** The innermost layer of the connection that the stages build. */
  #current: Duplex | undefined
  #facts: Facts = {}
  #failure: Judgement | undefined

  constructor(target: Target, context: ProbeContext, roots: Roots, endsAt: number) {
    this.#target = target
    this.#context = context
    this.#roots = roots
    this.#choice = proxyFor(target, context.proxies)
    this.#endsAt = endsAt
  }

  get failed(): boolean {
    return this.#failure !== undefined
  }

  /** As a call, so that the compiler does not take it for what it was a few lines before. */
  #failed(): Judgement | undefined {
    return this.#failure
  }

  tell(stage: StageResult['stage'], { verdict, says }: Judgement, ms: number): StageResult {
    const result: StageResult = { stage, verdict, ms: Math.round(ms * 10) / 10, evidence: evidence(says) }
    this.#told.set(stage, result)
    return result
  }

  untold(): readonly ProbedStage[] {
    return probedStages.filter((stage) => !this.#told.has(stage))
  }

  outcome(): Outcome {
    const { identity } = this.#facts
    const row = judge(this.#facts, this.#target)
    if (row.cause === 'auth.required') this.tell('auth', notDone('it asks for credentials; none were tried'), 0)
    if (row.cause === 'auth.rejected')
      this.tell('auth', because('auth.rejected', 'the client certificate that was given'), 0)
    const halted = identity === undefined && this.#failure === undefined
    return {
      row: halted ? { verdict: 'unknown', cause: '', hint: '' } : row,
      stages: [...this.#told.values()],
      facts: this.#facts,
    }
  }

  close(): void {
    for (const stream of this.#open) stream.destroy()
    this.#open.clear()
  }

  /** Judges the stage that just ended, and remembers a failure. */
  #judge(stage: ProbedStage, startedAt: number): StageResult {
    const judgement = judgeStage(stage, this.#facts, this.#target)
    if (judgement.verdict === 'fail' || judgement.verdict === 'unknown') this.#failure = judgement
    return this.tell(stage, judgement, performance.now() - startedAt)
  }

  async dns(signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const through = this.#choice.kind === 'proxy' ? { through: this.#choice.name } : {}
    const host = this.#choice.kind === 'proxy' ? this.#choice.host : this.#target.host
    this.#facts = { ...through, dns: await resolveName(host, this.#context.resolver, signal) }
    if (judgeStage('dns', this.#facts, this.#target).verdict === 'fail') await this.#askProxyInstead(signal)
    return this.#judge('dns', startedAt)
  }

  /** From TCP to identity; once more when the first connection was cut. */
  async *connect(signal: AbortSignal): AsyncGenerator<StageResult> {
    const { dns, through } = this.#facts
    const before: Facts = { ...(through === undefined ? {} : { through }), ...(dns === undefined ? {} : { dns }) }
    for (let cutBefore: string | undefined; ; ) {
      const startedAt = performance.now()
      this.#failure = undefined
      this.#facts = before
      let last: StageResult | undefined
      for (const act of [this.#tcp, this.#proxy, this.#tls, this.#identity]) {
        if (this.failed) break
        if (last !== undefined) yield last
        last = await act.call(this, cutBefore, signal)
      }
      const failure = this.#failed()
      const quick = performance.now() - startedAt < quickMs
      if (cutBefore === undefined && failure !== undefined && quick && worthRetrying.has(failure.cause)) {
        cutBefore = failure.says.split('\n')[0] ?? failure.cause
        this.close()
        await pause(retryPauseMs, signal)
        continue
      }
      if (failure !== undefined) last = await this.#lookAgain(last, signal)
      if (last !== undefined) yield last
      return
    }
  }

  async #tcp(cutBefore: string | undefined, signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const port = this.#choice.kind === 'proxy' ? this.#choice.port : this.#target.port
    const { facts, socket } = await openSocket(addressesIn(this.#facts.dns), port, signal)
    this.#current = socket
    if (socket !== undefined) this.#hold(socket)
    this.#facts = { ...this.#facts, tcp: { ...facts, cutBefore } }
    return this.#judge('tcp', startedAt)
  }

  async #proxy(_cutBefore: string | undefined, signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const choice = this.#choice
    if (choice.kind !== 'proxy') {
      this.#facts = { ...this.#facts, proxy: choice }
      return this.#judge('proxy', startedAt)
    }
    const destination = this.#destination()
    const { name } = choice
    const { port } = destination
    const tunnel = await throughProxy(this.#stream(), choice, destination, this.#roots, signal, this.#left())
    if (tunnel.kind === 'open') {
      this.#current = this.#hold(tunnel.stream)
      this.#facts = { ...this.#facts, proxy: { kind: 'open', name, port } }
    } else if (tunnel.kind === 'answered') {
      const refused = [400, 403, 405, 501].includes(tunnel.answer.status) && port !== 443
      const port443 = refused ? await this.#asksFor443(signal) : 'unknown'
      this.#facts = {
        ...this.#facts,
        proxy: {
          kind: 'answered',
          name,
          port,
          answer: tunnel.answer,
          sentCredentials: choice.userinfo !== undefined,
          port443,
        },
      }
    } else {
      this.#facts = {
        ...this.#facts,
        proxy: { kind: tunnel.kind === 'silent' ? 'silent' : 'unreachable', name, detail: tunnel.detail },
      }
    }
    return this.#judge('proxy', startedAt)
  }

  async #tls(_cutBefore: string | undefined, signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    if (!this.#target.tls) {
      this.#facts = { ...this.#facts, tls: { kind: 'none' } }
      return this.#judge('tls', startedAt)
    }
    const { facts, socket } = await shakeHands(this.#stream(), this.#handshake(), signal, this.#left())
    if (socket !== undefined) this.#current = this.#hold(socket)
    this.#facts = { ...this.#facts, tls: facts }
    const suspect =
      facts.kind === 'established' &&
      !facts.trusted.byBundled &&
      (!facts.trusted.byTarget || this.#target.trust.kind !== 'pem') &&
      signsOfInterception(facts) === undefined
    if (suspect) {
      const minted = await mintsOnDemand((limit) => this.#again(limit), this.#target, this.#roots, signal)
      this.#facts = { ...this.#facts, tls: { ...facts, minted } }
    }
    if (facts.kind === 'established' && judgeStage('tls', this.#facts, this.#target).verdict === 'fail')
      await this.#peek(signal)
    return this.#judge('tls', startedAt)
  }

  async #identity(_cutBefore: string | undefined, signal: AbortSignal): Promise<StageResult> {
    const startedAt = performance.now()
    const { tls } = this.#facts
    const conversation = {
      target: this.#target,
      stream: this.#stream(),
      alpn: tls?.kind === 'established' ? tls.alpn : '',
      again: (limit: AbortSignal) => this.#securedAgain(limit),
    }
    // Its own deadline is inside; this one is for what answers each of many questions just in time.
    const seen = await within(this.#left(), signal, (limit) => speakers[this.#target.protocol].ask(conversation, limit))
    const identity =
      seen === late ? ({ kind: 'no-answer', silence: { kind: 'silent' }, overTls: this.#target.tls } as const) : seen
    this.#facts = { ...this.#facts, identity }
    return this.#judge('identity', startedAt)
  }

  /** After a failure: the second looks that tell its possible causes apart, then the judgement anew. */
  async #lookAgain(last: StageResult | undefined, signal: AbortSignal): Promise<StageResult | undefined> {
    if (last === undefined || last.stage === 'config' || last.stage === 'auth') return last
    const startedAt = performance.now()
    const { tls, dns } = this.#facts
    const again = (limit: AbortSignal): Promise<Duplex | undefined> => this.#again(limit)
    if (last.stage === 'tcp') await this.#askProxyInstead(signal)
    if (last.stage === 'tls' && tls?.kind === 'failed') {
      const cut = tls.outcome === 'reset' || tls.outcome === 'closed'
      const [silent, otherName, small] = await Promise.all([
        cut ? cutsSilent(again, signal) : undefined,
        cut ? answersOtherName(again, this.#target, this.#roots, signal) : undefined,
        tls.outcome === 'stalled' ? answersSmall(again, this.#target.serverName, signal) : undefined,
      ])
      this.#facts = {
        ...this.#facts,
        tls: { ...tls, cutsSilent: silent, answersOtherName: otherName, answersSmall: small },
      }
      if (tls.outcome === 'not-tls') await this.#peek(signal)
    }
    if (dns?.kind === 'asked' && this.#facts.through === undefined && ['tcp', 'tls', 'identity'].includes(last.stage)) {
      const invented = await within(confirmLimitMs, signal, (limit) => askForInvented(this.#context.resolver, limit))
      this.#facts = { ...this.#facts, dns: { ...dns, invented: invented === late ? [] : invented } }
    }
    return this.#judge(last.stage, startedAt - last.ms)
  }

  /** For a component that ignores the proxy, where the environment has one: would it have got there? */
  async #askProxyInstead(signal: AbortSignal): Promise<void> {
    const { host, port, tls, proxy } = this.#target
    const choice = proxy === 'none' ? chooseProxy(host, port, tls, this.#context.proxies) : undefined
    if (choice?.kind !== 'proxy') return
    const reached = await within(confirmLimitMs, signal, async (limit) => {
      const addresses = addressesIn(await resolveName(choice.host, this.#context.resolver, limit))
      const { socket } = await openSocket(addresses, choice.port, limit)
      if (socket === undefined) return false
      this.#hold(socket)
      const tunnel = await throughProxy(socket, choice, this.#destination(), this.#roots, limit, confirmLimitMs)
      socket.destroy()
      return tunnel.kind === 'open'
    })
    this.#facts = { ...this.#facts, proxyWouldReach: { name: choice.name, reached: reached === true } }
  }

  async #asksFor443(signal: AbortSignal): Promise<'allowed' | 'refused' | 'unknown'> {
    const { tcp } = this.#facts
    const choice = this.#choice
    if (tcp?.connected === undefined || choice.kind !== 'proxy') return 'unknown'
    const route: Route = {
      address: tcp.connected.address,
      port: tcp.port,
      proxy: undefined,
      destination: this.#destination(),
      roots: this.#roots,
    }
    const tunnel = await within(confirmLimitMs, signal, async (limit) => {
      const stream = await reopen(route, limit)
      if (stream === undefined) return undefined
      this.#hold(stream)
      return await throughProxy(
        stream,
        choice,
        { host: route.destination.host, port: 443 },
        this.#roots,
        limit,
        confirmLimitMs,
      )
    })
    if (tunnel === late || tunnel === undefined) return 'unknown'
    if (tunnel.kind === 'open') return 'allowed'
    // It tried and did not get there: it was let through all the same.
    return tunnel.kind === 'answered'
      ? [502, 503, 504].includes(tunnel.answer.status)
        ? 'allowed'
        : 'refused'
      : 'unknown'
  }

  /** What is said on a connection that is not to be trusted: a plain GET, with nothing in it. */
  async #peek(signal: AbortSignal): Promise<void> {
    const { tls } = this.#facts
    if (tls === undefined || tls.kind === 'none') return
    const seen = await within(confirmLimitMs, signal, async (limit): Promise<HttpFacts | undefined> => {
      const stream = tls.kind === 'established' ? this.#stream() : await this.#again(limit)
      if (stream === undefined || (tls.kind === 'established' && tls.alpn === 'h2')) return undefined
      const channel = new Channel(stream)
      const path = this.#target.path ?? '/'
      const answer = await askHttp(
        channel,
        { method: 'GET', path, host: hostHeader(this.#target) },
        confirmLimitMs,
        limit,
      )
      channel.close()
      return answer.kind === 'http' ? answer.answer : undefined
    })
    if (seen !== late && seen !== undefined) this.#facts = { ...this.#facts, tls: { ...tls, peek: seen } }
  }

  #destination(): Route['destination'] {
    return { host: bareHost(this.#target.host), port: this.#target.port }
  }

  #handshake(): Parameters<typeof shakeHands>[1] {
    const { serverName, alpn, protocol } = this.#target
    return { target: this.#target, serverName, alpn: alpn ?? speakers[protocol].alpn, roots: this.#roots }
  }

  async #again(limit: AbortSignal): Promise<Duplex | undefined> {
    const { tcp } = this.#facts
    if (tcp?.connected === undefined) return undefined
    const proxy = this.#choice.kind === 'proxy' ? this.#choice : undefined
    const stream = await reopen(
      { address: tcp.connected.address, port: tcp.port, proxy, destination: this.#destination(), roots: this.#roots },
      limit,
    )
    if (stream !== undefined) this.#hold(stream)
    return stream
  }

  async #securedAgain(limit: AbortSignal): Promise<Duplex | undefined> {
    const stream = await this.#again(limit)
    if (stream === undefined || !this.#target.tls) return stream
    const { socket } = await shakeHands(stream, this.#handshake(), limit, this.#left())
    if (socket !== undefined) this.#hold(socket)
    return socket
  }

  /** What is left of the row's time; at least enough to fail in an orderly way. */
  #left(): number {
    return Math.max(100, Math.min(this.#endsAt - performance.now(), 5_000))
  }

  #hold(stream: Duplex): Duplex {
    // What is cut while nobody reads it must not end the program.
    stream.on('error', () => undefined)
    this.#open.add(stream)
    return stream
  }

  #stream(): Duplex {
    if (this.#current === undefined) throw new Error('a stage was reached without a connection')
    return this.#current
  }
}
