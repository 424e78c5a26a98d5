import type { TimeFormat } from '../../lib/time.ts'
import type { PlanePhase } from '../../planes/phase.ts'
import { isKey, listText, t } from '../../strings/t.ts'
import type { Tone } from '../../ui/Status.tsx'
import { isOutsideOfPlane, type ShownComponent } from '../../workloads/health.ts'

/** What is known of a plane, as far as its verdict depends on it. */
export interface Situation {
  readonly phase: PlanePhase
  readonly contextName: string
  /** The newest install or uninstall, unless it is over. */
  readonly operation: OpenOperation | undefined
  readonly connection: 'connecting' | 'live' | 'stale' | 'refused' | undefined
  /** Why the cluster is unreachable, or what has to be decided first; empty where nothing was reported. */
  readonly connectionReason: string
  /** When the cluster last confirmed the health. */
  readonly asOf: string | null
  readonly components: readonly Pick<ShownComponent, 'title' | 'providedBy' | 'health' | 'reason' | 'since'>[]
  /** Titles of the endpoints that failed in the last check. */
  readonly failed: readonly string[]
  /** Endpoints with a result; 0: never checked. */
  readonly checked: number
}

export type OpenState = 'running' | 'interrupted' | 'failed'

interface OpenOperation {
  readonly kind: 'install' | 'uninstall'
  readonly state: OpenState
  /** Why it failed, as whole sentences; empty where nothing was reported. */
  readonly why: string
}

export interface PlaneVerdict {
  readonly tone: Tone
  /** Whole sentences. */
  readonly text: string
}

/** More names make a sentence that nobody reads. */
const namedAtMost = 2

const names = (titles: readonly string[]): string =>
  titles.length <= namedAtMost
    ? listText(titles)
    : t('overview.verdict.andMore', {
        names: titles.slice(0, namedAtMost).join(', '),
        count: titles.length - namedAtMost,
      })

/** A component has the reason of its worst object, after the name of that: "Pod agent-0: CrashLoopBackOff: …". */
const withoutObject = (reason: string): string => reason.replace(/^[A-Z][A-Za-z]+ [a-z0-9][a-z0-9.-]*: /, '')

/** The code of Kubernetes with which a reason begins; empty where it has none. */
export const reasonCode = (reason: string): string => /^[A-Z][A-Za-z]+\b/.exec(withoutObject(reason))?.[0] ?? ''

/** The code in words where we have them, else the reason as it is. */
export function reasonText(reason: string): string {
  const key = `overview.code.${reasonCode(reason)}` as const
  return isKey(key) ? t(key) : reason
}

/** A time of a sentence. */
type Clock = (at: string) => string

function downSentence(down: Situation['components'], clock: Clock): string | undefined {
  const [one] = down
  if (one === undefined) return undefined
  if (down.length > 1) return t('overview.verdict.severalDown', { names: names(down.map(({ title }) => title)) })
  const { title, reason, health, since } = one
  if (health === 'missing') return t('overview.verdict.missing', { name: title })
  const why = reasonText(reason)
  if (since === undefined) return t('overview.verdict.downNow', { name: title, why })
  const at = clock(since)
  return t(why === reason ? 'overview.verdict.down' : 'overview.verdict.downCode', { name: title, why, at })
}

function healthSentence({ components }: Situation, clock: Clock): { tone: Tone; text: string } | undefined {
  if (components.length === 0) return undefined
  const of = (...healths: string[]) => components.filter(({ health }) => healths.includes(health))
  const bad = of('degraded', 'missing')
  const text = downSentence(bad, clock)
  if (text !== undefined) return { tone: 'bad', text }
  const starting = of('progressing')
  if (starting.length > 0)
    return {
      tone: 'busy',
      text: t('overview.verdict.starting', {
        names: names(starting.map(({ title }) => title)),
        count: starting.length,
      }),
    }
  const [outside, unknown] = [
    of('unknown').filter(isOutsideOfPlane),
    of('unknown').filter((one) => !isOutsideOfPlane(one)),
  ]
  if (unknown.length > 0)
    return {
      tone: 'idle',
      text: t('overview.verdict.unknown', { names: names(unknown.map(({ title }) => title)) }),
    }
  if (outside.length === components.length) return { tone: 'idle', text: t('overview.verdict.unseen') }
  if (outside.length > 0)
    return { tone: 'good', text: t('overview.verdict.healthySeen', { count: components.length - outside.length }) }
  return { tone: 'good', text: t('overview.verdict.healthy', { count: components.length }) }
}

const unreachableText = ({ connectionReason, contextName }: Situation): string =>
  connectionReason === '' ? t('overview.verdict.unreachable', { context: contextName }) : connectionReason

function connectionsSentence({ failed, checked }: Situation): { tone: Tone; text: string } {
  if (checked === 0) return { tone: 'idle', text: t('overview.verdict.unchecked') }
  if (failed.length === 0) return { tone: 'good', text: t('overview.verdict.passed') }
  return { tone: 'bad', text: t('overview.verdict.failed', { names: names(failed), count: failed.length }) }
}

const operationText = ({ kind, state, why }: OpenOperation): string =>
  state === 'failed'
    ? t(`overview.verdict.operation.${kind}.failed`, { why: why === '' ? 'empty' : why })
    : t(`overview.verdict.operation.${kind}.${state}`)

/**
 * The state of a plane in one or two sentences: what cannot be known or what a person has to decide first, then health, then
 * connections. A good part is named only where no other is bad. Pure.
 */
export function overviewVerdict(situation: Situation, now: number, format: TimeFormat): PlaneVerdict {
  const clock: Clock = (at) => format.clock(at, now)
  const { phase, contextName, operation, connection, connectionReason, asOf } = situation
  if (operation !== undefined)
    return {
      tone: operation.state === 'failed' ? 'bad' : operation.state === 'interrupted' ? 'warn' : 'busy',
      text: operationText(operation),
    }
  if (phase === 'uninstalled')
    return { tone: 'idle', text: t('overview.verdict.uninstalled', { context: contextName }) }
  if (phase === 'planned') {
    const text = t('overview.verdict.planned', { context: contextName })
    return connection === 'stale'
      ? { tone: 'bad', text: `${text} ${unreachableText(situation)}` }
      : { tone: 'idle', text }
  }
  if (connection === 'refused')
    return { tone: 'warn', text: connectionReason || t('overview.verdict.refused', { context: contextName }) }

  const connections = connectionsSentence(situation)
  if (connection === 'stale') {
    const known = asOf === null ? '' : t('overview.verdict.asOf', { at: clock(asOf) })
    return { tone: 'bad', text: [unreachableText(situation), known].filter((part) => part !== '').join(' ') }
  }
  const health = connection === 'live' ? healthSentence(situation, clock) : undefined
  if (health === undefined)
    return connections.tone === 'bad'
      ? connections
      : { tone: 'busy', text: t('overview.verdict.connecting', { context: contextName }) }

  const parts = [health, connections]
  const tone = worstTone(parts.map((part) => part.tone))
  const shown = tone === 'bad' ? parts.filter((part) => part.tone !== 'good') : parts
  // What was never checked is no news beside a failure.
  return {
    tone,
    text: shown
      .filter((part) => tone !== 'bad' || part.tone !== 'idle')
      .map(({ text }) => text)
      .join(' '),
  }
}

const tonesWorstFirst = ['bad', 'warn', 'busy', 'idle', 'good'] as const satisfies Tone[]

const worstTone = (tones: readonly Tone[]): Tone => tonesWorstFirst.find((tone) => tones.includes(tone)) ?? 'idle'
