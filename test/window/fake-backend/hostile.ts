/** Reorders text, takes no space, controls a terminal, and is long. */
const attack = `\u202edorp-toor stag\u200bing \u001b[31m\u{e0041} ${'x'.repeat(200)}`

/** Fields with text from outside that the window shows and by which it finds nothing. */
const texts: ReadonlySet<string> = new Set([
  ...['message', 'evidence', 'hint', 'reason', 'raw', 'description', 'note', 'issuer', 'source', 'destination'],
  ...['componentTitle', 'node', 'image', 'server', 'user', 'what', 'waitingOn', 'version', 'container', 'module'],
  // Of a plan and of a plane that is connected to.
  ...['before', 'after', 'managers', 'revision', 'notes', 'path'],
])

/** The same value with an attack in each text from outside. */
export function hostile(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return texts.has(name) ? `${value}${attack}` : value
  if (Array.isArray(value)) return value.map((each) => hostile(each, name))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, hostile(each, key)]))
}
