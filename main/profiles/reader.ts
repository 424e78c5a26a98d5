import { createHash } from 'node:crypto'
import type { ProfileFault } from '../../preload/contract/profiles.ts'
import type { JsonObject } from '../../preload/contract/words.ts'
import { type LimitedThread, LimitReached, startLimitedThread } from '../lib/limited-thread.ts'
import { type Parsed, type ParsedList, type ParseOptions, parseProfile } from './parse.ts'
import type { ProfilesThread } from './profiles.thread.ts'
import { type SettingFault, settingFaults, withDefaults } from './settings-schema.ts'

/** Built-in: part of Hangar. Own: written by the user or by others. */
export type Origin = 'built-in' | 'own'

/** `quotes`: whether faults quote the text; default true. */
interface ReadOptions extends Partial<ParseOptions> {
  readonly origin: Origin
}

const keptTexts = 256
/** Processor time that reading for a list may take: three profiles that reach the limit of a single one. */
const listBudgetMs = 3_000

/**
 * Reads profiles and evaluates their schemas. Those of others are read in a thread that is ended after a second; built-in
 * ones directly, so that a start without own profiles needs no thread. A text that was read before is not read again.
 */
export class ProfileReader {
  readonly #thread: LimitedThread<ProfilesThread> = startLimitedThread<ProfilesThread>({
    name: 'profiles',
    from: import.meta.url,
  })
  readonly #kept = new Map<string, Promise<Parsed>>()
  readonly #builtIn = new Set<string>()
  readonly #trusted = new WeakSet<JsonObject>()

  /**
   * Reads for a list, in the order of the texts. Undefined: not read, because others took too long. What a text costs grows
   * with its size, so that small ones come first; the next list continues, since none is read twice.
   */
  async parseAll(
    texts: readonly { readonly text: string; readonly origin: Origin }[],
  ): Promise<(Parsed | undefined)[]> {
    const untilMs = this.#thread.usedMs() + listBudgetMs
    const parsed = new Map<number, Parsed>()
    const bySize = [...texts.entries()].toSorted(([, left], [, right]) => left.text.length - right.text.length)
    for (const [index, { text, origin }] of bySize) {
      const isFree = origin === 'built-in' || this.#kept.has(digestOf(text, true))
      if (isFree || this.#thread.usedMs() < untilMs) parsed.set(index, await this.parse(text, { origin }))
    }
    return texts.map((_text, index) => parsed.get(index))
  }

  async parse(text: string, { origin, quotes = true }: ReadOptions): Promise<Parsed> {
    const digest = digestOf(text, quotes)
    if (origin === 'built-in') this.#builtIn.add(digest)
    const known = this.#kept.get(digest)
    if (known !== undefined) return await known
    const reading = this.#builtIn.has(digest) ? this.#readDirectly(text, quotes) : this.#readInThread(text, quotes)
    this.#keep(digest, reading)
    return await reading.catch((error: unknown) => {
      this.#kept.delete(digest)
      throw error
    })
  }

  /** The faults of the settings, completed with the schema's defaults. Throws LimitReached. */
  async check(schema: JsonObject, settings: JsonObject): Promise<SettingFault[]> {
    if (this.#trusted.has(schema)) return settingFaults(schema, withDefaults(schema, settings))
    return await this.#thread.call('check', { schema, settings })
  }

  /** The settings, completed with the schema's defaults. Throws LimitReached. */
  async complete(schema: JsonObject, settings: JsonObject): Promise<JsonObject> {
    if (this.#trusted.has(schema)) return withDefaults(schema, settings)
    return await this.#thread.call('complete', { schema, settings })
  }

  async #readDirectly(text: string, quotes: boolean): Promise<Parsed> {
    const parsed = parseProfile(text, { quotes })
    if (parsed.profile !== undefined) this.#trusted.add(parsed.profile.settings)
    return parsed
  }

  async #readInThread(text: string, quotes: boolean): Promise<Parsed> {
    try {
      return await this.#thread.call('parse', { text, quotes })
    } catch (error) {
      if (error instanceof LimitReached) return { faults: [tooExpensive(error, 'profile')] }
      throw error
    }
  }

  /** A bare list of endpoints, which is never kept. */
  async parseList(text: string): Promise<ParsedList> {
    try {
      return await this.#thread.call('parseList', { text })
    } catch (error) {
      if (error instanceof LimitReached) return { faults: [tooExpensive(error, 'list')] }
      throw error
    }
  }

  #keep(digest: string, parsed: Promise<Parsed>): void {
    this.#kept.set(digest, parsed)
    const [oldest] = this.#kept.keys()
    if (this.#kept.size > keptTexts && oldest !== undefined) this.#kept.delete(oldest)
  }
}

const digestOf = (text: string, quotes: boolean): string =>
  createHash('sha256').update(`${quotes}\0`).update(text).digest('hex')

const tooExpensive = ({ what }: LimitReached, document: 'profile' | 'list'): ProfileFault => ({
  line: 1,
  column: 1,
  field: '',
  found: what === 'time' ? 'a text that takes over a second to read' : 'a text that takes over 256 MB to read',
  expected: `a smaller or simpler ${document}`,
})
