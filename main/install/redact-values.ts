import { isSecretName } from '../lib/rules/secret-name.ts'
import type { Json } from '../lib/rules/substitution.ts'

/** A text that is not below such a name is a secret from this length on; a shorter one only if it mixes letters with digits or signs. */
const longTextCharacters = 8
const mixed = /[A-Za-z].*[^A-Za-z.-]|[^A-Za-z.-].*[A-Za-z]/

/** Host names, images, quantities, durations and numbers: they keep an error readable and are no secrets. */
const harmless = /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?(\/[\w./:@-]*)?$|^v?[\d.]+[a-zA-Z]{0,2}$/

/** The texts in chart values that may be secrets. Secrets do not belong there, but an error must not repeat one. */
export function possibleSecrets(value: Json, name = ''): string[] {
  const named = isSecretName(name)
  if (typeof value === 'string') return secretsInText(value, named)
  if (typeof value === 'number') return named ? [String(value)] : []
  if (typeof value !== 'object' || value === null) return []
  // An item of a list has the name of its list.
  return Object.entries(value).flatMap(([key, inner]) => possibleSecrets(inner, Array.isArray(value) ? name : key))
}

function secretsInText(text: string, named: boolean): string[] {
  if (text === '') return []
  const url = URL.parse(text)
  if (url !== null && text.includes('://')) {
    if (!named && !isSecretUrl(url)) return []
    // A program may quote the URL without its host.
    const path = `${url.pathname}${url.search}`
    return path.length >= longTextCharacters ? [text, path] : [text]
  }
  if (named) return [text]
  return (text.length >= longTextCharacters || mixed.test(text)) && !harmless.test(text) ? [text] : []
}

/** A webhook's address is its credential: a part of its path is random. A query or a user name may contain one too. */
function isSecretUrl({ username, password, search, hash, hostname, pathname }: URL): boolean {
  if (`${username}${password}${search}${hash}` !== '') return true
  return /hook/i.test(`${hostname}${pathname}`) || pathname.split('/').some(looksRandom)
}

const randomCharacters = 20
const looksRandom = (segment: string): boolean =>
  segment.length >= randomCharacters || (/\d/.test(segment) && /[A-Z]/.test(segment) && segment.length >= 8)

/** Replaced wherever it occurs from this length on; a shorter one only as a whole word, so that the error stays readable. */
const anywhereCharacters = 6

/** Errors show less; searching more for thousands of secrets would block the caller. */
const searchedCharacters = 65_536

/** Replaces each secret by `[hidden]`, also in its JSON, URL and base64 form. Only the beginning of a long text remains. */
export function redactTexts(text: string, secrets: readonly string[]): string {
  const forms = [...new Set(secrets.filter((secret) => secret !== '').flatMap(formsOf))]
  const searched = text.slice(0, searchedCharacters)
  // A secret that begins later than this may be cut, and its beginning would not be found.
  const longest = forms.reduce((length, form) => Math.max(length, form.length), 0)
  const end = searched === text ? text.length : Math.max(0, searched.length - longest)
  const rest = searched === text ? '' : '…'
  const mayContain = substringFilter(searched)
  const found = forms.filter(mayContain).flatMap((form) => rangesOf(searched, form))
  return hideRanges(searched.slice(0, end), found) + rest
}

/** From and to, without the last. */
type Range = readonly [number, number]

/** All that occurrences of a form cover: a short form only as a whole word. */
function rangesOf(text: string, form: string): Range[] {
  const ranges: Range[] = []
  const { length } = form
  let at = text.indexOf(form)
  while (at !== -1) {
    const range = [at, at + length] as const
    if (length >= anywhereCharacters || isWord(text, range)) ranges.push(range)
    // The last one that overlaps it covers, with it, those between them: "aaaaaa" occurs at each place of a long "aaa…".
    const overlapping = length >= anywhereCharacters ? text.lastIndexOf(form, at + length - 1) : at
    at = overlapping > at ? overlapping : text.indexOf(form, length >= anywhereCharacters ? at + length : at + 1)
  }
  return ranges
}

const isWord = (text: string, [from, to]: Range): boolean =>
  !/[A-Za-z0-9]/.test(text.charAt(from - 1)) && !/[A-Za-z0-9]/.test(text.charAt(to))

/** Ranges that overlap are hidden as one. */
function hideRanges(text: string, ranges: readonly Range[]): string {
  let hidden = ''
  let shown = 0
  let [from, to] = [0, 0]
  const flush = (): void => {
    if (to > from) hidden += `${text.slice(shown, from)}[hidden]`
    shown = Math.max(shown, to)
  }
  for (const [nextFrom, nextTo] of ranges.toSorted((a, b) => a[0] - b[0])) {
    if (nextFrom >= text.length) break
    if (nextFrom < to) {
      to = Math.max(to, nextTo)
      continue
    }
    flush()
    ;[from, to] = [nextFrom, nextTo]
  }
  flush()
  return hidden + text.slice(shown)
}

const longestPiece = 6
const filterBits = 20

/**
 * Whether a text may contain another one: false if some piece of up to six characters of it does not occur. Of thousands of
 * secrets nearly none is left to search for.
 */
function substringFilter(text: string): (form: string) => boolean {
  const known = new Map<number, Uint8Array>()
  const piecesOf = (length: number): Uint8Array => {
    const pieces = known.get(length) ?? new Uint8Array(2 ** filterBits)
    if (!known.has(length))
      for (let at = 0; at + length <= text.length; at += 1) pieces[pieceHash(text, at, length)] = 1
    known.set(length, pieces)
    return pieces
  }
  return (form) => {
    if (form.length > text.length) return false
    const length = Math.min(form.length, longestPiece)
    const pieces = piecesOf(length)
    for (let at = 0; at + length <= form.length; at += 1) if (pieces[pieceHash(form, at, length)] !== 1) return false
    return true
  }
}

function pieceHash(text: string, start: number, length: number): number {
  let hash = 0
  for (let at = start; at < start + length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x9e3779b1)
  return hash >>> (32 - filterBits)
}

const formsOf = (secret: string): string[] => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret.toWellFormed()),
  Buffer.from(secret).toString('base64'),
]
