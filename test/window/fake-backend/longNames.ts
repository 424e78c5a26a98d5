/** In the middle of each name: names of the same deployment differ at their end. */
const middle = '-of-the-private-data-plane-for-payments-and-settlements-in-western-europe'

/** Fields with a name from outside. */
const names: ReadonlySet<string> = new Set([
  ...[
    'name',
    'contextName',
    'profile',
    'namespace',
    'node',
    'host',
    'release',
    'container',
    'file',
    'stream',
    'source',
  ],
])

/** The same value with names that differ only at their end. A name is its start, much text, and its last six characters. */
export function longNames(value: unknown, name = ''): unknown {
  if (typeof value === 'string') return names.has(name) && value.length > 3 ? long(value) : value
  if (Array.isArray(value)) return value.map((each) => longNames(each, name))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, longNames(each, key)]))
}

const long = (name: string): string => `${name.slice(0, -6)}${middle}${name.slice(-6)}`

/** What the window sends back, as the fake backend knows it. */
export function shortNames(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(middle, '')
  if (Array.isArray(value)) return value.map(shortNames)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, shortNames(each)]))
}
