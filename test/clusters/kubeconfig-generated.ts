import { pick, seededRandom } from '../workloads/torture/random.ts'
import { type KubeconfigCase, type Material, rewritten } from './kubeconfig-cases.ts'

/** One change of a text that is otherwise usual. */
interface Change {
  readonly what: string
  readonly apply: (text: string, material: Material) => string
  /** Why Hangar and client-go differ. */
  readonly difference?: string
  /** Not combined with others. */
  readonly isAlone?: boolean
}

const change = (what: string, apply: Change['apply']): Change => ({ what, apply })
const instead = (what: string, old: string, by: string): Change => change(what, (text) => text.replace(old, () => by))
const insideToken = (what: string, by: string): Change => instead(`token with ${what}`, 'token: abc', `token: ${by}`)
const server = (what: string, rewrite: (url: string) => string): Change =>
  change(`server with ${what}`, (text) =>
    text.replace(/server: "([^"]*)"/, (_, url: string) => `server: ${JSON.stringify(rewrite(url))}`),
  )
const host = (what: string, name: string): Change => server(what, (url) => url.replace('api.cluster.test', name))
const proxied = (what: string, rewrite: (url: string) => string): Change =>
  change(`proxy with ${what}`, (text, { proxy }) =>
    text.replace(
      'certificate-authority-data',
      `proxy-url: ${JSON.stringify(rewrite(proxy))}, certificate-authority-data`,
    ),
  )
const namespace = (what: string, by: string): Change =>
  instead(`namespace that is ${what}`, 'cluster: c, user: u', `cluster: c, user: u, namespace: ${by}`)

const alone = (one: Change): Change => ({ ...one, isAlone: true })
const differing = (difference: string, one: Change): Change => ({ ...one, difference })
const noSuchAddress = 'Go looks it up as a name, which does not exist; in a URL of JavaScript it is another address'

/** Characters that one reader takes for a line end, a space or nothing. */
const signs = [
  ['a line separator', '\u2028'],
  ['a paragraph separator', '\u2029'],
  ['a next line', '\u0085'],
  ['a no-break space', '\u00a0'],
  ['a byte order mark', '\ufeff'],
  ['a zero-width space', '\u200b'],
  ['a delete', '\u007f'],
  ['a vertical tab', '\u000b'],
  ['an emoji', '\u{1f511}'],
] as const

const places: readonly ((name: string, sign: string) => Change)[] = [
  (name, sign) => insideToken(`${name}, plain`, `a${sign}c`),
  (name, sign) => insideToken(`${name}, in double quotes`, `"a${sign}c"`),
  (name, sign) => insideToken(`${name}, in single quotes`, `'a${sign}c'`),
  (name, sign) => insideToken(`${name} at its end`, `"abc${sign}"`),
  (name, sign) => change(`a comment with ${name}`, (text) => text.replace('users:', `# a${sign}b\nusers:`)),
  (name, sign) => change(`${name} after a comment`, (text) => text.replace('users:', `users: # a${sign}`)),
  (name, sign) => change(`${name} as a line end`, (text) => text.replace('users:\n', `users:${sign}`)),
  (name, sign) => change(`${name} before a key`, (text) => text.replace('\nusers:', `\n${sign}users:`)),
  (name, sign) => change(`${name} for indentation`, (text) => text.replace('\n  user:', `\n${sign} user:`)),
  (name, sign) => change(`${name} at the end of the file`, (text) => `${text}${sign}`),
  (name, sign) => server(`${name} in its path`, (url) => `${url}/a${sign}b`),
  (name, sign) => server(`${name} at its end`, (url) => `${url}${sign}`),
]

/** Escapes and forms of text in double quotes. */
const escapes = [
  '\\u2028',
  '\\N',
  '\\_',
  '\\L',
  '\\P',
  '\\x41',
  '\\/',
  '\\e',
  '\\0',
  '\\U0001F511',
  '\\\\',
  '\\\n      c',
]

const invented: readonly Change[] = [
  ...signs.flatMap(([name, sign]) => places.map((place) => place(name, sign))),
  ...escapes.map((code) => insideToken(`the escape ${JSON.stringify(code)}`, `"a${code}c"`)),
  insideToken('an unknown escape', '"a\\qc"'),
  insideToken('a blank and a sign of a comment', 'abc #d'),
  insideToken('a sign of a comment', 'abc#d'),
  insideToken('a colon', 'abc:d'),
  insideToken('a colon and a blank', 'abc: d'),
  insideToken('an at sign', '@abc'),
  insideToken('a backtick', '`abc`'),
  insideToken('a percent sign', '%abc'),
  insideToken('an exclamation mark', '!abc'),
  insideToken('an ampersand', '&abc'),
  insideToken('a pipe', '|'),
  insideToken('a comma', '"a,c"'),
  insideToken('doubled quotes', "'a''c'"),
  insideToken('quotes inside', 'a"c'),
  insideToken('a question mark', '?abc'),
  insideToken('a minus', '-abc'),
  insideToken('a minus and a blank', '- abc'),
  insideToken('several lines', '"a\n      c"'),
  insideToken('several plain lines', 'a\n      c'),
  insideToken('an empty line', '"a\n\n      c"'),
  insideToken('a number in quotes', '"0123"'),
  insideToken('a length of 5,000', 'x'.repeat(5_000)),
  insideToken('a tag of text', '!!str 007'),
  insideToken('a tag of a mapping', '!!map abc'),
  insideToken('a tag of null', '!!null abc'),

  server('a fragment', (url) => `${url}#part`),
  alone(server('an empty fragment', (url) => `${url}#`)),
  server('a query', (url) => `${url}?a=b`),
  server('an empty query', (url) => `${url}?`),
  server('a path and a slash', (url) => `${url}/k8s/`),
  server('two slashes', (url) => `${url}//k8s`),
  server('dots in its path', (url) => `${url}/a/../b/./c`),
  server('an escaped slash', (url) => `${url}/a%2Fb`),
  server('a broken escape', (url) => `${url}/a%zzb`),
  server('blanks in its path', (url) => `${url}/a b`),
  server('letters beyond ASCII in its path', (url) => `${url}/\u00fc`),
  server('a scheme in capitals', (url) => url.replace('https', 'HTTPS')),
  server('one slash', (url) => url.replace('//', '/')),
  server('three slashes', (url) => url.replace('//', '///')),
  server('backslashes', (url) => url.replace('//', '\\\\')),
  server('a user', (url) => url.replace('//', '//jo@')),
  server('a user and a password', (url) => url.replace('//', '//jo:p%40ss@')),
  server('no port', (url) => url.replace(/:\d+$/, '')),
  server('an empty port', (url) => url.replace(/\d+$/, '')),
  server('port 0', (url) => url.replace(/\d+$/, '0')),
  differing(
    'no port has that number: Hangar says so before it connects',
    server('port 65536', (url) => url.replace(/\d+$/, '65536')),
  ),
  server('a port with zeros', (url) => url.replace(/:(\d+)$/, ':0$1')),
  server('a port of words', (url) => url.replace(/\d+$/, 'api')),
  server('a negative port', (url) => url.replace(/\d+$/, '-1')),
  host('a dot at its end', 'api.cluster.test.'),
  host('capitals', 'API.Cluster.Test'),
  host('an underscore', 'api_server.cluster.test'),
  host('a minus first', '-api.cluster.test'),
  host('an escaped letter in its host', '%61pi.cluster.test'),
  host('an IDN', 'b\u00fccher.cluster.test'),
  host('punycode', 'xn--bcher-kva.cluster.test'),
  host('a full-width dot', 'api\uff0ecluster.test'),
  host('an asterisk', '*.cluster.test'),
  host('a blank in its host', 'api cluster.test'),
  host('an IPv6 address', '[2001:db8::1]'),
  host('an IPv6 address in capitals', '[2001:DB8:0:0::1]'),
  differing('a URL of JavaScript has no zones', host('an IPv6 address and an escaped zone', '[fe80::1%25eth0]')),
  host('an IPv6 address and a zone', '[fe80::1%eth0]'),
  host('an IPv6 address without brackets', '2001:db8::1'),
  host('an IPv4 address in IPv6', '[::ffff:192.0.2.1]'),
  differing(noSuchAddress, host('a short IPv4 address', '192.0.513')),
  differing(noSuchAddress, host('a hexadecimal IPv4 address', '0xc0.0.2.1')),
  differing(noSuchAddress, host('an octal IPv4 address', '0300.0.2.1')),
  host('a label of 64 letters', `${'a'.repeat(64)}.cluster.test`),
  host('empty brackets', '[]'),

  proxied('nothing special', (url) => url),
  proxied('a slash', (url) => `${url}/`),
  proxied('a path', (url) => `${url}/a`),
  proxied('a fragment', (url) => `${url}#a`),
  proxied('a user', (url) => url.replace('//', '//jo@')),
  proxied('a user and an empty password', (url) => url.replace('//', '//jo:@')),
  proxied('a user and a password', (url) => url.replace('//', '//jo:secret@')),
  proxied('an escaped password', (url) => url.replace('//', '//corp%5Cjo:p%40s%3As%2F%25@')),
  proxied('a password with a colon', (url) => url.replace('//', '//jo:a:b@')),
  proxied('a password with an at sign', (url) => url.replace('//', '//jo:a@b@')),
  proxied('a password with a plus', (url) => url.replace('//', '//jo:a+b@')),
  proxied('a password beyond ASCII', (url) => url.replace('//', '//jo:p%C3%A4ss@')),
  proxied('a password with a letter beyond ASCII', (url) => url.replace('//', '//jo:p\u00e4ss@')),
  proxied('a broken escape', (url) => url.replace('//', '//jo:p%zz@')),
  proxied('a backslash', (url) => url.replace('//', '//corp\\jo:secret@')),
  proxied('a blank', (url) => ` ${url}`),
  proxied('a line end', (url) => `${url}\n`),
  proxied('a scheme in capitals', (url) => url.replace('http', 'HTTP')),
  proxied('no scheme', (url) => url.replace('http://', '')),
  proxied('an empty port', (url) => url.replace(/\d+$/, '')),
  proxied('a name', () => 'http://proxy.invalid:3128'),

  namespace('empty', '""'),
  namespace('a number', '7'),
  namespace('a number in quotes', '"7"'),
  namespace('a flag', 'on'),
  namespace('null', '~'),
  namespace('in capitals', 'Team'),
  namespace('with a slash', 'a/b'),
  namespace('with a blank', '"a b"'),
  namespace('with a question mark', '"a?b"'),
  namespace('with dots', '".."'),
  namespace('a list', '[a]'),
  namespace('beyond ASCII', '\u00fc'),
  namespace('an alias', '*none'),

  change('line ends of Windows', (text) => text.replaceAll('\n', '\r\n')),
  change('mixed line ends', (text) => text.replace(/\n/g, (_, at: number) => (at % 2 === 0 ? '\r\n' : '\n'))),
  change('a carriage return inside a line', (text) => text.replace('users:', 'users:\r')),
  change('a tab after a colon', (text) => text.replace('user: {', 'user:\t{')),
  change('a tab after a dash', (text) => text.replaceAll('- name', '-\tname')),
  change('a tab before a comment', (text) => text.replace('users:', 'users:\t# a')),
  differing(
    'the parser reads over it',
    change('a line of tabs', (text) => text.replace('\nusers:', '\n\t\nusers:')),
  ),
  alone(change('tabs in flow style', (text) => text.replace('{token: abc}', '{\n\ttoken: abc\n\t}'))),
  change('a tab at the end of a line', (text) => text.replace('kind: Config', 'kind: Config\t')),
  change('two marks', (text) => `\ufeff\ufeff${text}`),
  change('a mark inside', (text) => text.replace('\nusers:', '\n\ufeff\nusers:')),
  change('an empty document first', (text) => `---\n...\n---\n${text}`),
  change('the end of a document first', (text) => `...\n${text}`),
  change('two starts of a document', (text) => `---\n# a\n---\n${text}`),
  change('content beside the start of a document', (text) => `--- # a\n${text}`),
  change('a start of a document with a tag', (text) => `--- !!map\n${text}`),
  change('a directive of a tag', (text) => `%TAG ! tag:example.org,2026:\n---\n${text}`),
  change('an unknown directive', (text) => `%FOO bar\n---\n${text}`),
  change('a directive without a start', (text) => `%YAML 1.1\n${text}`),
  change('two directives', (text) => `%YAML 1.1\n%YAML 1.1\n---\n${text}`),
  change('a start of a document in a comment', (text) => `# ---\n${text}`),
  change('a start of a document in a text', (text) => text.replace('abc', '"a\n---\nc"')),
  change('kind twice', (text) => `kind: Pod\n${text}`),
  change('clusters twice', (text) => `clusters: []\n${text}`),
  change('a name twice in an entry', (text) => text.replace('- name: u', '- name: x\n  name: u')),
  change('a token twice', (text) => text.replace('token: abc', 'token: first, token: abc')),
  change('keys in another case', (text) => text.replace('clusters:', 'Clusters:')),
  change('a field in another case', (text) => text.replace('token: abc', 'Token: abc')),
  change('server in another case', (text) => text.replace('server:', 'Server:')),
  change('name in another case', (text) => text.replace('- name: u', '- Name: u')),
  change('a key in both cases', (text) => text.replace('token: abc', 'token: abc, Token: other')),
  change('an explicit key', (text) => text.replace('token: abc', '? token : abc')),
  change('a key that is a list', (text) => text.replace('token: abc', '[a]: b, token: abc')),
  change('a key that is a number', (text) => text.replace('token: abc', '7: b, token: abc')),
  change('a key that is null', (text) => text.replace('token: abc', '~: b, token: abc')),
  change('a key that is a flag', (text) => text.replace('token: abc', 'yes: b, token: abc')),
  change('a comma at the end', (text) => text.replace('token: abc', 'token: abc,')),
  change('two commas', (text) => text.replace('token: abc', 'token: abc,,')),
  change('no comma', (text) => text.replace('cluster: c, user: u', 'cluster: c user: u')),
  change('a null entry of contexts', (text) => text.replace('contexts:\n', 'contexts:\n- null\n')),
  change('an empty entry of clusters', (text) => text.replace('clusters:\n', 'clusters:\n-\n')),
  change('an empty mapping in users', (text) => text.replace('users:\n', 'users:\n- {}\n')),
  change('a text in users', (text) => text.replace('users:\n', 'users:\n- u\n')),
  change('a name that is null', (text) => text.replace('users:\n', 'users:\n- name: ~\n  user: {}\n')),
  change('a user that is null', (text) => text.replace('user: {token: abc}', 'user: ~')),
  change('a user that is a text', (text) => text.replace('user: {token: abc}', 'user: abc')),
  change('a user that is a list', (text) => text.replace('user: {token: abc}', 'user: [token, abc]')),
  change('a context that is null', (text) => text.replace('context: {cluster: c, user: u}', 'context: ~')),
  change('names of 3,000 letters', (text) =>
    text.replace('- name: u', `- name: ${'u'.repeat(3_000)}`).replace('user: u}', `user: ${'u'.repeat(3_000)}}`),
  ),
  change('names beyond ASCII', (text) =>
    text.replace('- name: u', '- name: \u00fc').replace('user: u}', 'user: \u00fc}'),
  ),
  change('names in two normal forms', (text) =>
    text.replace('- name: u', '- name: \u00fc').replace('user: u}', 'user: u\u0308}'),
  ),
  change('names with a blank at their end', (text) => text.replace('- name: u', '- name: "u "')),
  change('an anchor on a list', (text) => text.replace('users:\n', 'users: &all\n')),
  change('an alias of a list', (text) => text.replace('users:\n', 'extra: &all\n').concat('users: *all\n')),
  change('an anchor twice', (text) => text.replace('token: abc', 'token: &t first').concat('a: &t b\n')),
  change('an anchor on a name', (text) => text.replace('- name: u', '- name: &n u').replace('user: u}', 'user: *n}')),
  change('a merge of a list', (text) =>
    text
      .replace('user: {token: abc}', 'user: &a {token: abc}\n- name: v\n  user: {<<: [*a, {as: jo}]}')
      .replace('user: u}', 'user: v}'),
  ),
  change('a merge of a text', (text) => text.replace('token: abc', 'token: abc, <<: jo')),
  change('a merge of null', (text) => text.replace('token: abc', 'token: abc, <<: ~')),
  change('a merge in quotes', (text) => text.replace('token: abc', 'token: abc, "<<": {as: jo}')),
  change('a merge that comes first', (text) => text.replace('token: abc', '<<: {token: merged}, token: abc')),
  change('a merge of a merge', (text) => text.replace('token: abc', '<<: {<<: {token: abc}}')),
  change('an alias of itself', (text) => text.replace('user: {token: abc}', 'user: &a {token: abc, extra: *a}')),
  change('a comment without a blank', (text) => text.replace('user: {token: abc}', 'user: {token: abc}#c')),
  change('a block in a list without indentation', (text) =>
    text.replace('  user: {token: abc}', '  user:\n    token: |-\n      abc'),
  ),
  change('a block with an indentation of its own', (text) =>
    text.replace('  user: {token: abc}', '  user:\n    token: |2-\n      abc'),
  ),
  change('a block with blank lines', (text) =>
    text.replace('  user: {token: abc}', '  user:\n    token: >-\n\n      abc\n\n'),
  ),
  change('a block that keeps its end', (text) =>
    text.replace('  user: {token: abc}', '  user:\n    token: |+\n      abc\n'),
  ),
  change('uneven indentation', (text) => text.replace('  user: {token: abc}', '   user: {token: abc}')),
  change('an outdented key', (text) => text.replace('  user: {token: abc}', ' user: {token: abc}')),
  change('a zero in the middle', (text) => text.replace('users:', '# \0\nusers:')),
  change('a lone surrogate', (text) => text.replace('abc', '"\\uD800"')),
  change('a pair of surrogates', (text) => text.replace('abc', '"\\uD83D\\uDD11"')),
]

const authority = (what: string, rewrite: (data: string, material: Material) => string): Change =>
  change(`the authority ${what}`, (text, material) =>
    text.replace(
      /certificate-authority-data: [^,}]+/,
      () => `certificate-authority-data: ${rewrite(material.authority, material)}`,
    ),
  )
const encoded = (what: string, rewrite: (pem: string) => string): Change =>
  authority(what, (_, { tls }) => Buffer.from(rewrite(tls.ca)).toString('base64'))

/** What people and their tools have written by hand or by templates. */
const reported: readonly Change[] = [
  change('a template around it', (text) => `# {{ .Values.kubeconfig }}\n${text}`),
  change('a variable in its token', (text) => text.replace('abc', '$TOKEN')),
  change('a variable in braces in its token', (text) => text.replace('abc', '${TOKEN}')),
  change('an expression in braces in its token', (text) => text.replace('token: abc', 'token: {{ token }}')),
  change('a fence of Markdown', (text) => `\`\`\`yaml\n${text}\`\`\`\n`),
  change('indentation of the whole file', (text) => text.replaceAll(/^(?=.)/gm, '  ')),
  change('indentation of the whole file but its first line', (text) => text.replaceAll(/\n(?=.)/g, '\n  ')),
  change('quotes around names', (text) => text.replace('- name: u', "- name: 'u'").replace('user: u}', 'user: "u"}')),
  change('a number as a name', (text) => text.replace('- name: u', '- name: 7').replace('user: u}', 'user: 7}')),
  change('a number in quotes as a name', (text) =>
    text.replace('- name: u', '- name: "7"').replace('user: u}', 'user: "7"}'),
  ),
  change('a number as a name, and in quotes where it is used', (text) =>
    text.replace('- name: u', '- name: 7').replace('user: u}', 'user: "7"}'),
  ),
  change('a date as a name', (text) =>
    text.replace('- name: u', '- name: 2026-01-01').replace('user: u}', 'user: 2026-01-01}'),
  ),
  change('a flag as a name', (text) => text.replace('- name: u', '- name: yes').replace('user: u}', 'user: yes}')),
  change('a decimal number as a token', (text) => text.replace('token: abc', 'token: 1.50')),
  change('a number with an exponent as a token', (text) => text.replace('token: abc', 'token: 1e5')),
  change('a hexadecimal number as a token', (text) => text.replace('token: abc', 'token: 0x1F')),
  change('a number with underscores as a token', (text) => text.replace('token: abc', 'token: 1_000')),
  change('a sexagesimal number as a token', (text) => text.replace('token: abc', 'token: 12:30:45')),
  change('a token of binary data', (text) => text.replace('token: abc', 'token: !!binary YWJj')),
  change('an infinite number as a token', (text) => text.replace('token: abc', 'token: .inf')),
  change('a token in a folded block of two lines', (text) =>
    text.replace('  user: {token: abc}', '  user:\n    token: >-\n      abc\n      def'),
  ),
  change('a token with a line end at its end', (text) => text.replace('token: abc', 'token: "abc\\n"')),
  change('a token with a blank at its end', (text) => text.replace('token: abc', 'token: "abc "')),
  change('a token with the word Bearer', (text) => text.replace('token: abc', 'token: Bearer abc')),
  authority('in several lines', (data) => `"${data.replaceAll(/(.{64})/g, '$1\\n')}"`),
  authority('with blanks inside', (data) => `"${data.slice(0, 64)} ${data.slice(64)}"`),
  authority('without padding', (data) => `${data.replace(/=+$/, '')}A`),
  authority('in the alphabet of URLs', (data) => data.replaceAll('+', '-').replaceAll('/', '_')),
  authority('as PEM', (_, { tls }) => JSON.stringify(tls.ca)),
  authority('twice encoded', (data) => Buffer.from(data).toString('base64')),
  authority('that is a key', (_, { key }) => key),
  encoded('with text before it', (pem) => `Subject: a\n${pem}`),
  encoded('with a byte order mark', (pem) => `\ufeff${pem}`),
  encoded('twice on one line', (pem) => `${pem.trim()}${pem}`),
  encoded('twice', (pem) => `${pem}${pem}`),
  encoded('that is incomplete', (pem) => pem.slice(0, -60)),
  encoded('with line ends of Windows', (pem) => pem.replaceAll('\n', '\r\n')),
  change('a current context that does not exist', (text) => `${text}current-context: gone\n`),
  change('a current context that is a number', (text) => `${text}current-context: 7\n`),
  change('preferences that are a list', (text) => `${text}preferences: []\n`),
  change('an unknown field of the file', (text) => `${text}clusterrs: []\n`),
  change('an unknown field of a user', (text) => text.replace('token: abc', 'token: abc, tokn: x')),
  change('extensions that are a mapping', (text) => `${text}extensions: {a: b}\n`),
  change('the kind of a list', (text) => text.replace('kind: Config', 'kind: List')),
  change('another version of the API', (text) => text.replace('apiVersion: v1', 'apiVersion: v2')),
  change('a version of the API that is a number', (text) => text.replace('apiVersion: v1', 'apiVersion: 1')),
  change('JSON with a comma too many', (text) => text.replace('{token: abc}', '{"token":"abc",}')),
  change('JSON with a comment', (text) => text.replace('{token: abc}', '{"token":"abc" // c\n}')),
  change('JSON without blanks after its colons', (text) => text.replace('{token: abc}', '{"token":"abc"}')),
  change('a mapping without blanks after its colons', (text) => text.replace('{token: abc}', '{token:abc}')),
]

const changes: readonly Change[] = [...invented, ...reported]

const utf32 = (text: string, bigEndian: boolean): Buffer => {
  const points = [...`\ufeff${text}`].map((letter) => letter.codePointAt(0) ?? 0)
  const bytes = Buffer.alloc(points.length * 4)
  for (const [index, point] of points.entries()) {
    if (bigEndian) bytes.writeUInt32BE(point, index * 4)
    else bytes.writeUInt32LE(point, index * 4)
  }
  return bytes
}

const encodings: readonly KubeconfigCase[] = [
  rewritten('UTF-32', (text) => utf32(text, false)),
  rewritten('UTF-32, big end first', (text) => utf32(text, true)),
  rewritten('UTF-16 with a half letter', (text) =>
    Buffer.concat([Buffer.from(`\ufeff${text}`, 'utf16le'), Buffer.from([0x41])]),
  ),
  rewritten('UTF-16 with a lone surrogate', (text) => Buffer.from(`\ufeff# \ud800\n${text}`, 'utf16le')),
  rewritten('overlong UTF-8', (text) =>
    Buffer.concat([Buffer.from('# '), Buffer.from([0xc0, 0xaf]), Buffer.from(`\n${text}`)]),
  ),
  rewritten('UTF-8 of a surrogate', (text) =>
    Buffer.concat([Buffer.from('# '), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(`\n${text}`)]),
  ),
  rewritten('UTF-8 that ends in a letter', (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xc3])])),
]

const combined = (index: number, parts: readonly Change[]): KubeconfigCase => ({
  difference: parts[0]?.difference,
  ...rewritten(`${index}: ${parts.map(({ what }) => what).join(', ')}`, (text, material) =>
    parts.reduce((changed, { apply }) => apply(changed, material), text),
  ),
})

/** Each change by itself and each encoding, then combinations of two or three, the same ones for a seed. */
export function generatedCases(seed: number, combinations: number): readonly KubeconfigCase[] {
  const random = seededRandom(seed)
  const agreed = changes.filter(({ difference, isAlone }) => difference === undefined && !isAlone)
  return [
    ...encodings,
    ...changes.map((one, index) => combined(index, [one])),
    ...Array.from({ length: combinations }, (_, index) =>
      combined(
        changes.length + index,
        Array.from({ length: 2 + Math.floor(2 * random()) }, () => pick(agreed, random)).filter(
          (one) => one !== undefined,
        ),
      ),
    ),
  ]
}

/** So many of them, other ones for another seed. */
export function sampled(cases: readonly KubeconfigCase[], count: number, seed: number): readonly KubeconfigCase[] {
  const random = seededRandom(seed)
  return cases
    .map((one) => ({ one, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ one }) => one)
}
