import { type Part, type Word, wordText } from './shell-commands.ts'
import type { SetValue } from './vendor-release.ts'

/** A character as written, or a part that only a shell can expand. */
type Atom = string | Exclude<Part, { readonly text: string }>

/**
 * The values of one `--set` argument, such as `a.b=c,d[0]={x,y}` (Helm, pkg/strvals). Undefined where a key contains a variable
 * or the argument is no assignment. Pure.
 */
export function setValues(word: Word, kind: SetValue['kind']): SetValue[] | undefined {
  if (kind === 'json' && wordText(word).startsWith('{')) return [{ path: [], kind, word }]
  const atoms = word.flatMap((part): Atom[] => ('text' in part ? [...part.text] : [part]))
  const found: SetValue[] = []
  for (let at = 0; at < atoms.length; ) {
    const equals = atoms.indexOf('=', at)
    const path = equals === -1 ? undefined : pathOf(atoms.slice(at, equals))
    if (path === undefined) return undefined
    const end = kind === 'json' ? atoms.length : endOfValue(atoms, equals + 1)
    for (const [items, more] of itemsOf(atoms.slice(equals + 1, end), kind)) {
      found.push({ path: [...path, ...more], kind, word: wordOf(items) })
    }
    at = end + 1
  }
  return found
}

function endOfValue(atoms: readonly Atom[], start: number): number {
  let depth = 0
  for (let at = start; at < atoms.length; at += 1) {
    const atom = atoms[at]
    if (atom === '\\') at += 1
    else if (atom === '{') depth += 1
    else if (atom === '}') depth -= 1
    else if (atom === ',' && depth <= 0) return at
  }
  return atoms.length
}

/** The items of `{a,b}`, each with its index; else the value itself. */
function itemsOf(atoms: readonly Atom[], kind: SetValue['kind']): [items: readonly Atom[], index: number[]][] {
  if (kind === 'json' || atoms[0] !== '{' || atoms.at(-1) !== '}') return [[atoms, []]]
  const inner = atoms.slice(1, -1)
  const items: [readonly Atom[], number[]][] = []
  for (let at = 0; at < inner.length; ) {
    const end = endOfValue(inner, at)
    items.push([inner.slice(at, end), [items.length]])
    at = end + 1
  }
  return items
}

function wordOf(atoms: readonly Atom[]): Word {
  const parts: Part[] = []
  let text = ''
  for (let at = 0; at < atoms.length; at += 1) {
    const atom = atoms[at] ?? ''
    if (typeof atom !== 'string') {
      if (text !== '') parts.push({ text })
      parts.push(atom)
      text = ''
    } else if (atom === '\\' && typeof atoms[at + 1] === 'string') {
      at += 1
      text += String(atoms[at])
    } else text += atom
  }
  return text !== '' || parts.length === 0 ? [...parts, { text }] : parts
}

const indexLimit = 1_000

/** `a.b[0]\.c`; undefined with a variable, an empty key or an index that is none. */
function pathOf(atoms: readonly Atom[]): (string | number)[] | undefined {
  const path: (string | number)[] = []
  let key = ''
  let isAfterIndex = false
  const end = (): boolean => {
    if (key === '') return isAfterIndex
    path.push(key)
    key = ''
    return true
  }
  for (let at = 0; at < atoms.length; at += 1) {
    const atom = atoms[at]
    if (typeof atom !== 'string') return undefined
    if (atom === '\\') {
      at += 1
      key += String(atoms[at] ?? '')
    } else if (atom === '.') {
      if (!end()) return undefined
      isAfterIndex = false
    } else if (atom === '[') {
      const close = atoms.indexOf(']', at)
      const index = Number(atoms.slice(at + 1, close).join(''))
      if (!end() || close === -1 || !Number.isInteger(index) || index < 0 || index > indexLimit) return undefined
      path.push(index)
      isAfterIndex = true
      at = close
    } else key += atom
  }
  return end() ? path : undefined
}
