import type { JsonObject } from '../../../preload/contract/words.ts'
import type { Json } from '../../lib/rules/substitution.ts'
import type { Part, Word } from './shell-commands.ts'
import type { Confidence, Evidence } from './vendor-release.ts'

/** What each customer fills in: a setting of the profile. */
export interface Setting {
  /** `path.to.setting` */
  readonly name: string
  readonly type: 'string' | 'integer' | 'boolean'
  readonly initial: string | number | boolean | undefined
  /** The default of the chart, where `initial` is what a cluster has. */
  readonly usual?: number | undefined
  /** The value for rendering. A text is a host name that can be found again in what is rendered. */
  readonly sample: string | number | boolean
  readonly isPem: boolean
  /** The name of the setting for the port beside this host. */
  readonly port?: string | undefined
  readonly confidence: Confidence
  readonly evidence: readonly Evidence[]
}

/** A value that is not fixed: the place of a setting in the values of a release. */
export class Slot {
  /** Texts and variables; without variables, a variable of its own is named by its path. */
  readonly word: Word
  readonly evidence: Evidence
  readonly confidence: Confidence
  readonly isFile: boolean
  /** The default of the chart, or what a cluster has. */
  readonly initial: Json | undefined
  /** The default of the chart, where `initial` is what a cluster has. */
  readonly usual: number | undefined

  constructor(
    word: Word,
    evidence: Evidence,
    confidence: Confidence,
    {
      isFile = false,
      initial,
      usual,
    }: { isFile?: boolean; initial?: Json | undefined; usual?: number | undefined } = {},
  ) {
    this.word = word
    this.evidence = evidence
    this.confidence = confidence
    this.isFile = isFile
    this.initial = initial
    this.usual = usual
  }
}

/** Values whose leaves may be slots. */
export type Values = { readonly [key: string]: ValueNode }
export type ValueNode = Json | Slot | Values | readonly ValueNode[]

/** A slot with where it is used; `path` is that of the values of `release`. */
export interface SlotUse {
  readonly release: string
  readonly path: readonly (string | number)[]
  readonly slot: Slot
}

export interface NamedSettings {
  readonly settings: readonly Setting[]
  /** The name of the setting for a variable. */
  readonly nameOf: (variable: string) => string | undefined
  readonly of: ReadonlyMap<SlotUse['slot'], string>
}

const hostKey = /(^|[a-z_.-])(host|hostname|server|address|endpoint|domain|fqdn|url|uri)$/i

/** Whether a value of this name is the address of something. */
export const isHostKey = (key: string): boolean => hostKey.test(key)

const sampleHost = (index: number): string => `hangar-setting-${index}.invalid`

/** Passwords, tokens and private keys, but not the names of Secrets that hold them. */
export const isSecretKey = (key: string): boolean =>
  /(password|passwd|passphrase|token|apikey|api_key|privatekey|private_key|clientsecret|client_secret|secretkey|secret_key|credentials?)$/i.test(
    key,
  )

const variablesOf = (word: Word): string[] => word.flatMap((part) => ('variable' in part ? [part.variable] : []))
const isWhole = (word: Word): boolean => word.length === 1

/** `KEY_VAULT_HOST` → `keyVaultHost`; a parameter `$1` → `argument1`. */
function camelCase(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '')
  const [first = 'setting', ...rest] = words.map((word) => (/[a-z]/.test(word) ? word : word.toLowerCase()))
  const joined = [first, ...rest.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))].join('')
  return /^\d/.test(joined) ? `argument${joined}` : joined.slice(0, 1).toLowerCase() + joined.slice(1)
}

const keyPattern = /^[A-Za-z_][\w-]{0,60}$/

/** `keyVault.host`; undefined where a key does not fit into the name of a setting. */
const dotted = (path: readonly (string | number)[]): string | undefined =>
  path.every((key) => typeof key === 'string' && keyPattern.test(key) && key !== '__proto__')
    ? path.join('.')
    : undefined

/**
 * Names a setting for each variable and for each slot without one. A variable that is always the whole value at the same path
 * has the name of the path, since charts name things better than scripts. Pure.
 */
export function nameSettings(
  uses: readonly SlotUse[],
  listed: readonly { readonly word: Word; readonly evidence: Evidence }[],
): NamedSettings {
  const byVariable = new Map<string, SlotUse[]>()
  const own: { use: SlotUse; key: string }[] = []
  for (const use of uses) {
    const variables = variablesOf(use.slot.word)
    for (const variable of variables) byVariable.set(variable, [...(byVariable.get(variable) ?? []), use])
    if (variables.length === 0) {
      // A short path such as "host" means another thing in each chart.
      const path = dotted(use.path.length === 1 ? [use.release, ...use.path] : use.path)
      own.push({ use, key: path ?? camelCase(`${use.release}-${use.path.join('-')}`) })
    }
  }
  const drafts = new Map<string, { uses: SlotUse[]; variable?: string; evidence: Evidence[] }>()
  const names = new Map<string, string>()
  for (const [variable, of] of byVariable) {
    const paths = new Set(of.map(({ path, slot }) => (isWhole(slot.word) ? dotted(path) : undefined)))
    const [path] = paths
    const name = paths.size === 1 && path !== undefined ? path : camelCase(variable)
    names.set(variable, name)
    const draft = drafts.get(name) ?? { uses: [], evidence: [] }
    drafts.set(name, { ...draft, variable, uses: [...draft.uses, ...of] })
  }
  for (const { use, key } of own) {
    const draft = drafts.get(key) ?? { uses: [], evidence: [] }
    drafts.set(key, { ...draft, uses: [...draft.uses, use] })
  }
  for (const { word, evidence } of listed) {
    for (const variable of variablesOf(word)) {
      const name = names.get(variable) ?? camelCase(variable)
      names.set(variable, name)
      const draft = drafts.get(name) ?? { uses: [], evidence: [] }
      drafts.set(name, { ...draft, variable, evidence: [...draft.evidence, evidence] })
    }
  }
  const final = withoutPrefixes([...drafts.keys()])
  const taken = new Set(final.values())
  const settings = [...drafts].map(([name, draft], index): Setting => {
    const setting = settingOf(final.get(name) ?? name, draft, index + 1)
    const port = setting.name.replace(/(host|Host|server|Server|address|Address)$/, (host) =>
      /^[A-Z]/.test(host) ? 'Port' : 'port',
    )
    return port !== setting.name && taken.has(port) ? { ...setting, port } : setting
  })
  const of = new Map(own.map(({ use, key }) => [use.slot, final.get(key) ?? key]))
  return {
    settings,
    of,
    nameOf: (variable) => {
      const name = names.get(variable)
      return name === undefined ? undefined : (final.get(name) ?? name)
    },
  }
}

/** `a` and `a.b` cannot both be settings: `a` is renamed. */
function withoutPrefixes(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(names)
  return new Map(
    names.map((name) => {
      if (!names.some((other) => other.startsWith(`${name}.`))) return [name, name]
      let free = camelCase(`${name}-value`)
      while (taken.has(free)) free = `${free}2`
      taken.add(free)
      return [name, free]
    }),
  )
}

function settingOf(
  name: string,
  { uses, evidence, variable }: { uses: SlotUse[]; variable?: string; evidence: Evidence[] },
  index: number,
): Setting {
  const whole = uses.filter(({ slot }) => isWhole(slot.word) || variablesOf(slot.word).length === 0)
  const fallback = uses
    .flatMap(({ slot }) => slot.word)
    .find(
      (part): part is Extract<Part, { variable: string }> =>
        'variable' in part && part.variable === variable && part.fallback !== undefined,
    )?.fallback
  const chart = whole
    .map(({ slot }) => slot.initial)
    .find((initial) => initial !== undefined && initial !== null && initial !== '')
  const key = name.split('.').at(-1) ?? name
  const isPort = /port$/i.test(key)
  const number = isPort || typeof chart === 'number' ? Number(fallback ?? chart) : Number.NaN
  const type = Number.isInteger(number) || isPort ? 'integer' : typeof chart === 'boolean' ? 'boolean' : 'string'
  const given = fallback ?? (typeof chart === 'string' || typeof chart === 'boolean' ? chart : undefined)
  const initial =
    type === 'integer'
      ? Number.isInteger(number)
        ? number
        : undefined
      : type === 'boolean'
        ? String(given) === 'true'
        : given
  const isAddress = isHostKey(key)
  const usual = whole.map(({ slot }) => slot.usual).find((port) => port !== undefined)
  const sample =
    type === 'string' && (isAddress || initial === undefined || initial === '') ? sampleHost(index) : (initial ?? 443)
  const order: readonly Confidence[] = ['sure', 'likely', 'guess']
  const confidence = order.find((each) => uses.some(({ slot }) => slot.confidence === each)) ?? 'likely'
  return {
    name,
    type,
    initial,
    ...(usual !== undefined && { usual }),
    sample,
    isPem: uses.some(({ slot }) => slot.isFile) && /(^|[._])(ca|cert|certificate|crt|pem|bundle)/i.test(name),
    confidence,
    evidence: [...uses.map(({ slot }) => slot.evidence), ...evidence],
  }
}

/** A literal text of a profile. */
export const escapeReferences = (text: string): string => text.replaceAll('${', () => '$${')

/** The text with references to settings; a literal `${` is escaped. */
export const referenceText = (word: Word, nameOf: NamedSettings['nameOf']): string =>
  word
    .map((part) => {
      if ('text' in part) return escapeReferences(part.text)
      if ('unread' in part) return escapeReferences(part.unread)
      return `\${${nameOf(part.variable) ?? camelCase(part.variable)}}`
    })
    .join('')

/** The samples of all settings, for rendering. */
export function sampleSettings(settings: readonly Setting[]): JsonObject {
  const samples: JsonObject = {}
  for (const { name, sample } of settings) {
    const path = name.split('.')
    let at = samples
    for (const key of path.slice(0, -1)) {
      const next = at[key]
      const inner: JsonObject = typeof next === 'object' && next !== null && !Array.isArray(next) ? next : {}
      at[key] = inner
      at = inner
    }
    at[path.at(-1) ?? ''] = sample
  }
  return samples
}
