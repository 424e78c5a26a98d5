/** Misspellings of a proxy setting that programs do not report as such. */

const userinfoCharacters = /[^A-Za-z0-9\-._~!$&'()*+,;=:%@]/
const schemes = 'https?|socks[45]?[ah]?'

const encoded = (character: string): string =>
  [...Buffer.from(character, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')

interface Misspelling {
  readonly pattern: RegExp
  /** Continues "the proxy setting …". */
  readonly problem: string
}

/** Around the whole setting or its scheme. The first that matches is reported. */
const misspellings: readonly Misspelling[] = [
  {
    pattern: /^\s|\s$/,
    problem: 'begins or ends with a space or a line break, which are part of its value: remove them',
  },
  {
    pattern: /[\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060\ufeff]|[\u0000-\u001f]/,
    problem: 'contains an invisible character: type it again',
  },
  {
    pattern: /^[^@]*[\u2010-\u2015\u2026\u2212]/,
    problem: 'contains a dash or dots of a word processor: type it again',
  },
  {
    pattern: /^(?:export\s+)?(?:https?|all|no)_proxy\s*=/i,
    problem: 'contains the name of the variable: remove it and "="',
  },
  {
    pattern: /^(?:none|null|nil|undefined|false|no|off|direct|disabled)$/i,
    problem: 'is a word, which programs take for the name of a proxy: leave the setting empty',
  },
  {
    pattern: /^(?:https?|ftp|socks)=|^[^@]*;\s*(?:https?|socks\w*)[:=]/i,
    problem: 'is a list in the form of Windows, and only one proxy is possible',
  },
  {
    pattern: /^["'\u2018\u2019\u201c\u201d\u00ab]|["'\u2018\u2019\u201c\u201d\u00bb]$/,
    problem: 'is inside quotes, which are part of its value: remove them',
  },
  {
    pattern: /\$\{?\w+\}?$|\$\{[^}]*\}|^%\w+%$|\{\{|^<[^>]*>$/,
    problem: 'contains a variable or a placeholder that was not replaced',
  },
  {
    pattern: new RegExp(`^(?:${schemes}):\\\\`, 'i'),
    problem: 'has backslashes after its scheme: write "://"',
  },
  {
    pattern: new RegExp(`^(?:${schemes})(?:://)+(?:${schemes}):`, 'i'),
    problem: 'has two schemes: write one',
  },
  {
    pattern: new RegExp(`^(?:${schemes})(?::/(?!/)|:(?![\\d/])|//)`, 'i'),
    problem: 'has no "://" after its scheme, so programs take the scheme for the name of the proxy',
  },
  { pattern: /^:?\/\//, problem: 'has no scheme before "//": write "http://"' },
  {
    pattern: /,\s*(?:https?|socks\w*):\/\/|,[^@]*$/i,
    problem: 'is a list or ends with a comma, and only one proxy is possible',
  },
  { pattern: /\s/, problem: 'contains a space' },
]

/**
 * Why a proxy setting does not mean what it seems to, after "the proxy setting"; undefined where it can be used. Go, curl and
 * Node read such settings as another host, or reject them. Never quotes the setting, which can hold a password. Pure.
 */
export function misspelling(setting: string): string | undefined {
  const found = misspellings.find(({ pattern }) => pattern.test(setting))
  if (found !== undefined) return found.problem
  const rest = setting.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
  return misspelledUser(rest) ?? misspelledPlace(rest.slice(rest.lastIndexOf('@') + 1))
}

/** Characters of user name and password that end the part of the URL in which they are (RFC 3986 §3.2.1). */
function misspelledUser(rest: string): string | undefined {
  const at = rest.lastIndexOf('@')
  if (at < 0) return undefined
  const userinfo = rest.slice(0, at)
  const bad = userinfoCharacters.exec(userinfo)?.[0]
  if (bad !== undefined)
    return `has ${bad === '\\' ? 'a backslash' : `"${bad}"`} in its user name or password: write it as ${encoded(bad)}`
  return /%(?![0-9a-f]{2})/i.test(userinfo) ? 'has "%" in its user name or password: write it as %25' : undefined
}

function misspelledPlace(place: string): string | undefined {
  const [authority = ''] = place.split('/', 1)
  if (/[\\#?"'<>^`{|}]/.test(authority)) {
    const bad = /[\\#?"'<>^`{|}]/.exec(authority)?.[0] ?? ''
    const what = bad === '\\' ? 'a backslash' : `"${bad}"`
    return `has ${what} in it, and no "@" after it: a user name or password is written before "@", and ${what} in it as ${encoded(bad)}`
  }
  if (!/[[\]]/.test(authority) && authority.split(':').length > 2)
    return 'has an address with colons (IPv6), which belongs in brackets: http://[ADDRESS]:PORT'
  const port = /:([^:\]]*)$/.exec(authority)?.[1]
  const isPort =
    port === undefined || port === '' || (/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)
  return isPort ? undefined : 'has no valid port after its host: a number from 1 to 65535'
}

/** A setting without a scheme: Go and curl take `http://`, other programs reject it. */
export const lacksScheme = (setting: string): boolean => !/^[a-z][a-z0-9+.-]*:\/\//i.test(setting.trim())
