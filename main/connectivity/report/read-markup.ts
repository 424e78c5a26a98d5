/** A parsed element. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  /** The element's own text, with entities decoded. */
  readonly text: string
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' }
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

function decode(text: string): string {
  if (/[<]|&(?!(?:amp|lt|gt|quot|#\d+);)/.test(text)) throw new Error(`a bare < or & in ${JSON.stringify(text)}`)
  return text.replace(/&(?:#(\d+)|(\w+));/g, (_all, code?: string, name?: string) =>
    code === undefined ? (entities[name ?? ''] ?? '') : String.fromCodePoint(Number(code)),
  )
}

/**
 * Parses the subset of XML that reports use: elements, quoted attributes and text. Throws on anything else, such as comments
 * and CDATA sections, so that tests detect markup that a text injected. `voids`: HTML elements without an end tag.
 */
export function readMarkup(document: string, voids: readonly string[] = []): Element {
  if (forbidden.test(document)) throw new Error('a character that XML forbids')
  const body = document.replace(/^<(?:\?xml|!doctype)[^<>]*>\n/, '')
  const stack: { name: string; attributes: Record<string, string>; children: Element[]; text: string }[] = []
  const root: Element[] = []
  const tag = /<(\/?)([a-z][a-z0-9-]*)((?:\s+[a-z][a-zA-Z-]*="[^"<]*")*)\s*(\/?)>/gy
  let at = 0
  const close = (): void => {
    const done = stack.pop()
    if (done !== undefined) (stack.at(-1)?.children ?? root).push(done)
  }
  while (at < body.length) {
    const next = body.indexOf('<', at)
    const text = decode(body.slice(at, next === -1 ? body.length : next))
    const open = stack.at(-1)
    if (open !== undefined) open.text += text
    else if (text.trim() !== '') throw new Error(`text outside of the document: ${text}`)
    if (next === -1) break
    tag.lastIndex = next
    const match = tag.exec(body)
    if (match === null) throw new Error(`not a valid tag: ${body.slice(next, next + 60)}`)
    const [whole, end, name = '', written = '', empty] = match
    if (end === '/') {
      if (open?.name !== name) throw new Error(`</${name}> closes <${open?.name}>`)
      close()
    } else {
      const attributes: Record<string, string> = {}
      for (const [, key = '', value = ''] of written.matchAll(/(?<![a-zA-Z-])([a-zA-Z-]+)="([^"]*)"/g)) {
        if (Object.hasOwn(attributes, key)) throw new Error(`${key} twice`)
        attributes[key] = decode(value)
      }
      stack.push({ name, attributes, children: [], text: '' })
      if (empty === '/' || voids.includes(name)) close()
    }
    at = next + whole.length
  }
  const [only, ...more] = root
  if (only === undefined || more.length > 0 || stack.length > 0) throw new Error('not a single complete document')
  return only
}

/** All elements with this name, at any depth. */
export const all = (element: Element, name: string): readonly Element[] => [
  ...(element.name === name ? [element] : []),
  ...element.children.flatMap((child) => all(child, name)),
]
