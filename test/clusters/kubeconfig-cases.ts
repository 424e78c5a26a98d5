import type { makeCertificates } from './certificates.ts'

type Certificates = Awaited<ReturnType<typeof makeCertificates>>

/** What a text may refer to. Every name below `cluster.test` leads to the server of the test. */
export interface Material {
  readonly server: string
  readonly authority: string
  readonly certificate: string
  readonly key: string
  /** Of another certificate. */
  readonly otherKey: string
  readonly tls: Certificates
  /** Leads every destination to the server of the test. */
  readonly proxy: string
}

export interface KubeconfigCase {
  readonly name: string
  readonly text: (material: Material) => string | Buffer
  /** Files beside the kubeconfig. One named `sign-in` is a program. */
  readonly files?: (material: Material) => Readonly<Record<string, string>>
  /** Further kubeconfigs, after the first in KUBECONFIG. */
  readonly others?: (material: Material) => readonly string[]
  /** Why Hangar uses the context where client-go refuses it, or the reverse. */
  readonly difference?: string
}

/** Fields in flow style, without braces. Absent: what works. */
interface Parts {
  readonly cluster?: string
  readonly user?: string
  readonly context?: string
  readonly top?: string
}

const usual = ({ server, authority }: Material): string =>
  `server: "${server}", certificate-authority-data: ${authority}`

const config = (material: Material, { cluster = usual(material), user = 'token: abc', context, top }: Parts): string =>
  `${top ?? 'apiVersion: v1\nkind: Config\n'}clusters:
- name: c
  cluster: {${cluster}}
users:
- name: u
  user: {${user}}
contexts:
- name: test
  context: {${context ?? 'cluster: c, user: u'}}
`

const varied = (name: string, parts: (material: Material) => Parts): KubeconfigCase => ({
  name,
  text: (material) => config(material, parts(material)),
})
const ofCluster = (name: string, cluster: (material: Material) => string): KubeconfigCase =>
  varied(`cluster: ${name}`, (material) => ({ cluster: cluster(material) }))
const ofUser = (name: string, user: (material: Material) => string): KubeconfigCase =>
  varied(`user: ${name}`, (material) => ({ user: user(material) }))
const ofContext = (name: string, context: string): KubeconfigCase => varied(`context: ${name}`, () => ({ context }))
const ofTop = (name: string, top: string): KubeconfigCase => varied(`file: ${name}`, () => ({ top }))
export const rewritten = (
  name: string,
  rewrite: (text: string, material: Material) => string | Buffer,
  parts: (material: Material) => Parts = () => ({}),
): KubeconfigCase => ({
  name: `text: ${name}`,
  text: (material) => rewrite(config(material, parts(material)), material),
})
/** Every way to write a scalar, where text, a flag or a list is expected. */
const scalars = [
  ...['2026', '1e3', '0x1F', '0o17', '017', '089', '1_000', '0b11', '-1', '+1', '1.5', '.5', '.inf', '.nan', '1.'],
  ...['yes', 'No', 'on', 'y', 'true', 'FALSE', 'null', '~', 'Null', ''],
  ...['2026-01-02', '2026-01-02T03:04:05Z', '12:30:45', '1e', '0x', 'nan', 'tRue', "'2026'", '"true"', '!!str 2026'],
  ...['!!int "7"', '!!float 1', '!!binary YWJj', '!own abc', '[a]', '{a: b}', '""', '<<'],
]

const exec = (more: string, version = 'v1'): string =>
  `exec: {apiVersion: client.authentication.k8s.io/${version}, command: ./sign-in${more}}`
const signIn = (version = 'v1'): string =>
  `#!/bin/sh\necho '{"apiVersion": "client.authentication.k8s.io/${version}", "kind": "ExecCredential", "status": {"token": "from-program"}}'\n`
const ofExec = (name: string, user: string, version?: string): KubeconfigCase => ({
  ...ofUser(`program, ${name}`, () => user),
  files: () => ({ 'sign-in': signIn(version) }),
})
const pair = ({ certificate, key }: Material): string =>
  `client-certificate-data: ${certificate}, client-key-data: ${key}`
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const utf16 = (text: string, bigEndian: boolean): Buffer => {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le')
  return bigEndian ? bytes.swap16() : bytes
}
const host = ({ server }: Material): string => new URL(server).host

/** A token over plain HTTP is the user's decision (docs/guide/trust.md). */
const plainHttp = 'client-go sends no credentials over plain HTTP; Hangar sends them after consent'

export const kubeconfigCases: readonly KubeconfigCase[] = [
  ofCluster('usual', usual),
  ofCluster('none', () => ''),
  ofCluster('without a server', ({ authority }) => `certificate-authority-data: ${authority}`),
  ofCluster('empty server', ({ authority }) => `server: "", certificate-authority-data: ${authority}`),
  { ...ofCluster('server without scheme', (material) => `server: "${host(material)}"`), difference: plainHttp },
  {
    ...ofCluster('server without scheme, with a slash', (material) => `server: "${host(material)}/"`),
    difference: plainHttp,
  },
  ofCluster('server without scheme, with a path', (material) => `server: "${host(material)}/a"`),
  ofCluster('server of words', () => 'server: "not an address"'),
  ofCluster(
    'server with a blank at its end',
    ({ server, authority }) => `server: "${server} ", certificate-authority-data: ${authority}`,
  ),
  ofCluster(
    'server with a blank at its start',
    ({ server, authority }) => `server: " ${server}", certificate-authority-data: ${authority}`,
  ),
  ofCluster(
    'server with a line end',
    ({ server, authority }) => `server: "${server}\\n", certificate-authority-data: ${authority}`,
  ),
  ofCluster(
    'server of upper case',
    ({ server, authority }) =>
      `server: "${server.replace('https', 'HTTPS')}", certificate-authority-data: ${authority}`,
  ),
  ofCluster(
    'server with three slashes',
    ({ server, authority }) => `server: "${server.replace('//', '///')}", certificate-authority-data: ${authority}`,
  ),
  ofCluster(
    'server with one slash',
    ({ server, authority }) => `server: "${server.replace('//', '/')}", certificate-authority-data: ${authority}`,
  ),
  ofCluster(
    'server with backslashes',
    ({ server, authority }) => `server: '${server.replace('//', '\\\\')}', certificate-authority-data: ${authority}`,
  ),
  ofCluster('server with ftp', (material) => `server: "ftp://${host(material)}"`),
  ofCluster(
    'server with a path',
    ({ server, authority }) => `server: "${server}/k8s/clusters/c-1/", certificate-authority-data: ${authority}`,
  ),
  ofCluster(
    'server with a path and a query',
    ({ server, authority }) => `server: "${server}/k8s?a=b", certificate-authority-data: ${authority}`,
  ),
  ofCluster(
    'server with an invalid port',
    ({ authority }) => `server: "https://api.cluster.test:abc", certificate-authority-data: ${authority}`,
  ),
  { ...ofCluster('server over plain HTTP', (material) => `server: "http://${host(material)}"`), difference: plainHttp },
  ofCluster('insecure', ({ server }) => `server: "${server}", insecure-skip-tls-verify: true`),
  ofCluster('insecure beside an authority', (material) => `${usual(material)}, insecure-skip-tls-verify: true`),
  {
    ...ofCluster(
      'insecure beside an authority, over plain HTTP',
      (material) =>
        `server: "http://${host(material)}", certificate-authority-data: ${material.authority}, insecure-skip-tls-verify: true`,
    ),
    difference: plainHttp,
  },
  ofCluster('secure beside an authority', (material) => `${usual(material)}, insecure-skip-tls-verify: false`),
  ofCluster('empty authority', ({ server }) => `server: "${server}", certificate-authority-data: ""`),
  ofCluster('null authority', ({ server }) => `server: "${server}", certificate-authority-data: null`),
  ofCluster('omitted authority', ({ server }) => `server: "${server}", certificate-authority-data: DATA+OMITTED`),
  ofCluster(
    'authority of base64 that is not PEM',
    ({ server }) => `server: "${server}", certificate-authority-data: ${base64('no certificate')}`,
  ),
  ofCluster('authority that is a key', ({ server, key }) => `server: "${server}", certificate-authority-data: ${key}`),
  ofCluster(
    'authority of PEM with a damaged body',
    ({ server }) =>
      `server: "${server}", certificate-authority-data: ${base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')}`,
  ),
  ofCluster(
    'damaged authority before a good one',
    ({ server, tls }) =>
      `server: "${server}", certificate-authority-data: ${base64(`-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${tls.ca}`)}`,
  ),
  ofCluster(
    'authority after words',
    ({ server, tls }) => `server: "${server}", certificate-authority-data: ${base64(`# our own\n${tls.ca}`)}`,
  ),
  ofCluster(
    'authority with Windows line ends',
    ({ server, tls }) => `server: "${server}", certificate-authority-data: ${base64(tls.ca.replaceAll('\n', '\r\n'))}`,
  ),
  ofCluster(
    'authority in PEM, not base64',
    ({ server, tls }) => `server: "${server}", certificate-authority-data: ${JSON.stringify(tls.ca)}`,
  ),
  ofCluster(
    'authority with line ends in base64',
    ({ server, authority }) =>
      `server: "${server}", certificate-authority-data: ${JSON.stringify(authority.replace(/.{64}/g, '$&\n'))}`,
  ),
  ofCluster(
    'authority with blanks in base64',
    ({ server, authority }) =>
      `server: "${server}", certificate-authority-data: "${authority.replace(/.{64}/g, '$& ')}"`,
  ),
  ofCluster(
    'authority without padding',
    ({ server, tls }) =>
      `server: "${server}", certificate-authority-data: ${base64(`${tls.ca}${' '.repeat((4 - (tls.ca.length % 3)) % 3)}`).replace(/=+$/, '')}x`,
  ),
  ofCluster('authority in a missing file', ({ server }) => `server: "${server}", certificate-authority: missing.crt`),
  ofCluster(
    'authority in a missing file, over plain HTTP',
    (material) => `server: "http://${host(material)}", certificate-authority: missing.crt`,
  ),
  {
    ...ofCluster('authority in a file', ({ server }) => `server: "${server}", certificate-authority: ca.crt`),
    files: ({ tls }) => ({ 'ca.crt': tls.ca }),
  },
  {
    ...ofCluster('authority in a file of words', ({ server }) => `server: "${server}", certificate-authority: ca.crt`),
    files: () => ({ 'ca.crt': 'words' }),
  },
  {
    ...ofCluster('authority in a file and as data', (material) => `${usual(material)}, certificate-authority: ca.crt`),
    files: ({ tls }) => ({ 'ca.crt': tls.ca }),
  },
  ofCluster('proxy without scheme', (material) => `${usual(material)}, proxy-url: "proxy.test:3128"`),
  ofCluster('proxy with ftp', (material) => `${usual(material)}, proxy-url: "ftp://proxy.test"`),
  ofCluster('proxy with socks5h', (material) => `${usual(material)}, proxy-url: "socks5h://127.0.0.1:1"`),
  ofCluster('proxy with socks4', (material) => `${usual(material)}, proxy-url: "socks4://127.0.0.1:1"`),
  ofCluster('empty proxy', (material) => `${usual(material)}, proxy-url: ""`),
  ofCluster('name of the server', (material) => `${usual(material)}, tls-server-name: api.cluster.test`),
  ofCluster('unknown fields', (material) => `${usual(material)}, color: blue, nested: {a: [1, 2]}`),
  ofCluster(
    'field of upper case',
    ({ server, authority }) => `Server: "${server}", certificate-authority-data: ${authority}`,
  ),
  ofCluster(
    'extensions',
    (material) => `${usual(material)}, extensions: [{name: minikube.sigs.k8s.io, extension: {version: 1.2, on: yes}}]`,
  ),
  ofCluster('extensions that are a mapping', (material) => `${usual(material)}, extensions: {a: b}`),
  ofCluster('repeated key', (material) => `server: "https://elsewhere.test", ${usual(material)}`),

  ofUser('none', () => ''),
  ofUser('token', () => 'token: abc'),
  ofUser('empty token', () => 'token: ""'),
  ofUser('token and password', () => 'token: abc, password: secret'),
  ofUser('token, user name and password', () => 'token: abc, username: jo, password: secret'),
  ofUser('user name alone', () => 'username: jo'),
  ofUser('password alone', () => 'password: secret'),
  ofUser('empty user name beside a token', () => 'token: abc, username: ""'),
  { ...ofUser('token file', () => 'tokenFile: token'), files: () => ({ token: 'from-file' }) },
  {
    ...ofUser('token file and user name', () => 'tokenFile: token, username: jo, password: secret'),
    files: () => ({ token: 'from-file' }),
  },
  ofUser('missing token file', () => 'tokenFile: missing'),
  ofUser('token beside a missing token file', () => 'token: abc, tokenFile: missing'),
  ofUser('certificate', pair),
  ofUser('certificate without key', ({ certificate }) => `client-certificate-data: ${certificate}`),
  ofUser('key without certificate', ({ key }) => `client-key-data: ${key}`),
  ofUser(
    'key that does not match',
    ({ certificate, otherKey }) => `client-certificate-data: ${certificate}, client-key-data: ${otherKey}`,
  ),
  ofUser('omitted certificate and key', () => 'client-certificate-data: DATA+OMITTED, client-key-data: DATA+OMITTED'),
  ofUser(
    'certificate and key swapped',
    ({ certificate, key }) => `client-certificate-data: ${key}, client-key-data: ${certificate}`,
  ),
  ofUser('certificate and token', (material) => `${pair(material)}, token: abc`),
  ofUser('certificate and user name', (material) => `${pair(material)}, username: jo, password: secret`),
  ofUser(
    'key with a passphrase',
    ({ certificate }) =>
      `client-certificate-data: ${certificate}, client-key-data: ${base64('-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n')}`,
  ),
  {
    ...ofUser('certificate in files', () => 'client-certificate: c.crt, client-key: c.key'),
    files: ({ tls }) => ({ 'c.crt': tls.client.cert, 'c.key': tls.client.key }),
  },
  {
    ...ofUser('certificate in a file, key as data', ({ key }) => `client-certificate: c.crt, client-key-data: ${key}`),
    files: ({ tls }) => ({ 'c.crt': tls.client.cert }),
  },
  {
    ...ofUser('certificate in a file and as data', (material) => `${pair(material)}, client-certificate: c.crt`),
    files: ({ tls }) => ({ 'c.crt': tls.client.cert }),
  },
  {
    ...ofUser('key in a file and as data', (material) => `${pair(material)}, client-key: c.key`),
    files: ({ tls }) => ({ 'c.key': tls.client.key }),
  },
  {
    ...ofUser(
      'key in a file that does not match',
      ({ certificate }) => `client-certificate-data: ${certificate}, client-key: c.key`,
    ),
    files: ({ tls }) => ({ 'c.key': tls.server.key }),
  },
  {
    ...ofUser('missing key file', () => 'client-certificate: c.crt, client-key: missing.key'),
    files: ({ tls }) => ({ 'c.crt': tls.client.cert }),
  },
  ofUser('missing certificate file', ({ key }) => `client-certificate: missing.crt, client-key-data: ${key}`),
  ofUser('missing key file without a certificate', () => 'token: abc, client-key: missing.key'),
  ofUser('impersonation', () => 'token: abc, as: jo, as-uid: "7", as-groups: [ops, dev], as-user-extra: {a: [b]}'),
  ofUser('groups without a user', () => 'token: abc, as-groups: [ops]'),
  ofUser('groups that are text', () => 'token: abc, as: jo, as-groups: ops'),
  ofUser('groups with a number', () => 'token: abc, as: jo, as-groups: [7]'),
  ofUser('groups with null', () => 'token: abc, as: jo, as-groups: null'),
  ofUser('provider gcp', () => 'auth-provider: {name: gcp}'),
  ofUser('provider azure', () => 'auth-provider: {name: azure, config: {a: b}}'),
  ofUser('provider that is unknown', () => 'auth-provider: {name: other}'),
  ofUser('provider without a name', () => 'auth-provider: {config: {}}'),
  ofUser('provider gcp beside a token', () => 'token: abc, auth-provider: {name: gcp}'),
  ofUser('OIDC without an issuer', () => 'auth-provider: {name: oidc, config: {client-id: a, id-token: b}}'),
  ofUser(
    'OIDC without a client',
    () => 'auth-provider: {name: oidc, config: {idp-issuer-url: "https://a.test", id-token: b}}',
  ),
  ofUser(
    'OIDC with a number',
    () => 'auth-provider: {name: oidc, config: {idp-issuer-url: "https://a.test", client-id: 7}}',
  ),
  ofExec('usual', exec(', interactiveMode: Never')),
  ofExec('beta', exec('', 'v1beta1'), 'v1beta1'),
  ofExec('alpha', exec('', 'v1alpha1'), 'v1alpha1'),
  ofExec('v2', exec(', interactiveMode: Never', 'v2'), 'v2'),
  ofExec('without a mode', exec('')),
  ofExec('mode in lower case', exec(', interactiveMode: never')),
  ofExec('without a version', 'exec: {command: ./sign-in, interactiveMode: Never}'),
  ofExec('of another group', 'exec: {apiVersion: v1, command: ./sign-in, interactiveMode: Never}'),
  ofExec('without a command', 'exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}'),
  ofExec('beside a provider', `${exec(', interactiveMode: Never')}, auth-provider: {name: oidc, config: {}}`),
  ofExec('with null lists', exec(', interactiveMode: Never, args: null, env: null')),
  ofExec('with a number as argument', exec(', interactiveMode: Never, args: [7]')),
  ofExec('with arguments that are text', exec(', interactiveMode: Never, args: -v')),
  ofExec('with a variable without a name', exec(', interactiveMode: Never, env: [{value: a}]')),
  ofExec('with a variable that is a flag', exec(', interactiveMode: Never, env: [{name: A, value: true}]')),
  ofExec('with cluster information in quotes', exec(', interactiveMode: Never, provideClusterInfo: "true"')),
  ofExec('that is null', 'exec: null, token: abc'),
  ofExec('that is text', 'exec: ./sign-in'),
  ofExec('alpha beside a token', `token: abc, ${exec('', 'v1alpha1')}`),
  {
    ...varied('user: program alpha over plain HTTP', (material) => ({
      cluster: `server: "http://${host(material)}"`,
      user: exec('', 'v1alpha1'),
    })),
    difference: plainHttp,
  },
  varied('user: certificate without key over plain HTTP', (material) => ({
    cluster: `server: "http://${host(material)}"`,
    user: `client-certificate-data: ${material.certificate}`,
  })),
  varied('user: key that does not match over plain HTTP', (material) => ({
    cluster: `server: "http://${host(material)}"`,
    user: `client-certificate-data: ${material.certificate}, client-key-data: ${material.otherKey}`,
  })),

  ofContext('namespace', 'cluster: c, user: u, namespace: team'),
  ofContext('empty namespace', 'cluster: c, user: u, namespace: ""'),
  ofContext('namespace that is a number', 'cluster: c, user: u, namespace: 10'),
  ofContext('namespace in quotes', 'cluster: c, user: u, namespace: "10"'),
  ofContext('without a user', 'cluster: c'),
  ofContext('unknown user', 'cluster: c, user: nobody'),
  ofContext('without a cluster', 'user: u'),
  ofContext('unknown cluster', 'cluster: other, user: u'),
  ofContext('empty', ''),
  ofContext('extensions', 'cluster: c, user: u, extensions: [{name: context_info, extension: {version: v1}}]'),

  ofTop('nothing at its top', ''),
  ofTop('kind alone', 'kind: Config\n'),
  ofTop('version alone', 'apiVersion: v1\n'),
  ofTop('another kind', 'apiVersion: v1\nkind: Pod\n'),
  ofTop('kind in lower case', 'apiVersion: v1\nkind: config\n'),
  ofTop('another version', 'apiVersion: v2\nkind: Config\n'),
  ofTop('version with a group', 'apiVersion: apps/v1\nkind: Config\n'),
  ofTop('version that is a number', 'apiVersion: 1\nkind: Config\n'),
  ofTop('current context that is a number', 'current-context: 7\n'),
  ofTop('current context that is null', 'current-context:\n'),
  ofTop('current context that does not exist', 'current-context: elsewhere\n'),
  ofTop('preferences', 'preferences: {colors: true}\n'),
  ofTop('preferences that are null', 'preferences:\n'),
  ofTop('preferences that are text', 'preferences: none\n'),
  ofTop('preferences with a color in quotes', 'preferences: {colors: "true"}\n'),
  ofTop('unknown fields', 'color: blue\nsizes: [1, 2]\n'),
  ofTop('a directive', '%YAML 1.1\n---\n'),
  ofTop('a directive of YAML 1.2', '%YAML 1.2\n---\n'),
  ofTop('the start of a document', '---\n'),
  ofTop('comments before the start of a document', '# a\n\n---\n# b\n'),
  ofTop('an empty document first', '---\n---\n'),
  ofTop('a list in an earlier place', 'users:\n- name: u\n  user: {token: earlier}\n'),

  rewritten('UTF-8 with a mark', (text) => `\uFEFF${text}`),
  rewritten('UTF-16 of PowerShell', (text) => utf16(text, false)),
  rewritten('UTF-16, big end first', (text) => utf16(text, true)),
  rewritten('UTF-16 without a mark', (text) => Buffer.from(text, 'utf16le')),
  rewritten('Latin-1', (text) => Buffer.from(`# caf\u00e9\n${text}`, 'latin1')),
  rewritten('control character', (text) => `# \u0007\n${text}`),
  rewritten('Windows line ends', (text) => text.replaceAll('\n', '\r\n')),
  rewritten('old Macintosh line ends', (text) => text.replaceAll('\n', '\r')),
  rewritten('JSON', (text, material) =>
    JSON.stringify({
      clusters: [{ name: 'c', cluster: { server: material.server, 'certificate-authority-data': material.authority } }],
      users: [{ name: 'u', user: { token: text.length > 0 ? 'abc' : '' } }],
      contexts: [{ name: 'test', context: { cluster: 'c', user: 'u' } }],
    }),
  ),
  rewritten('a second document', (text) => `${text}---\nkind: Pod\n`),
  rewritten('a second document that is not YAML', (text) => `${text}---\n{{{\n`),
  rewritten('a second document that is a kubeconfig', (text) => `${text}---\n${text.replace('abc', 'other')}`),
  rewritten('the end of a document', (text) => `${text}...\n`),
  rewritten('words after the end of a document', (text) => `${text}...\n{{{\n`),
  rewritten('a template', (text) => text.replace('abc', '{{ token }}')),
  rewritten('tabs', (text) => text.replaceAll('\n  ', '\n\t')),
  rewritten('blanks at line ends', (text) => text.replaceAll('\n', '  \n')),
  rewritten('deeper lists', (text) => text.replaceAll('\n- ', '\n    - ').replaceAll('\n  ', '\n      ')),
  rewritten('keys in quotes', (text) => text.replace('clusters:', '"clusters":').replace('users:', "'users':")),
  rewritten('blanks before colons', (text) => text.replace('clusters:', 'clusters :').replace('users:', 'users :')),
  rewritten('comments between entries', (text) => text.replaceAll('\n- ', '\n# comment\n- ')),
  rewritten('anchors', (text) => text.replace('user: {token', 'user: &a {token').concat('extensions: []\n')),
  rewritten('merge', (text) =>
    text
      .replace('user: {token: abc}', 'user: &a {token: abc}\n- name: v\n  user: {<<: *a}')
      .replace('user: u}', 'user: v}'),
  ),
  rewritten('merge with a field of its own', (text) =>
    text
      .replace('user: {token: abc}', 'user: &a {token: abc}\n- name: v\n  user: {<<: *a, token: own}')
      .replace('user: u}', 'user: v}'),
  ),
  rewritten('alias of nothing', (text) => text.replace('token: abc', 'token: *nothing')),
  rewritten('a null entry', (text) => text.replace('users:\n', 'users:\n- null\n')),
  rewritten('a cluster twice', (text, material) =>
    text.replace('users:\n', `- name: c\n  cluster: {${usual(material)}}\nusers:\n`),
  ),
  rewritten('a user twice', (text) => text.replace('contexts:\n', '- name: u\n  user: {}\ncontexts:\n')),
  rewritten('a context twice', (text) => `${text}- name: test\n  context: {cluster: c, user: u}\n`),
  rewritten('clusters that are a mapping', (text) =>
    text.replace(/clusters:\n- name: c\n {2}cluster/, 'clusters:\n  c'),
  ),
  rewritten('users that are null', (text) => text.replace(/users:\n- name: u\n {2}user: .*\n/, 'users:\n')),
  rewritten('users that are text', (text) => text.replace(/users:\n- name: u\n {2}user: .*\n/, 'users: none\n')),
  rewritten('contexts that are missing', (text) => text.replace(/contexts:[\s\S]*/, '')),
  rewritten('nothing', () => ''),
  rewritten('a comment', () => '# nothing\n'),
  rewritten('a word', () => 'nothing\n'),
  rewritten('a list', () => '- a\n'),
  rewritten('null', () => 'null\n'),
  rewritten('authority in a literal block', (text, { authority }) =>
    text.replace(
      /cluster: \{server: "([^"]+)".*\}/,
      (_, server: string) =>
        `cluster:\n    server: ${server}\n    certificate-authority-data: |\n      ${authority.replace(/.{64}/g, '$&\n      ')}`,
    ),
  ),
  rewritten('authority in a folded block', (text, { authority }) =>
    text.replace(
      /cluster: \{server: "([^"]+)".*\}/,
      (_, server: string) =>
        `cluster:\n    server: ${server}\n    certificate-authority-data: >-\n      ${authority.replace(/.{64}/g, '$&\n      ')}`,
    ),
  ),
  rewritten('a user without its mapping', (text) => text.replace(/\n {2}user: .*/, '')),
  rewritten('a cluster without its mapping', (text) => text.replace(/\n {2}cluster: .*/, '')),
  rewritten('typographic quotes', (text) => text.replace('abc', '\u201cabc\u201d')),
  rewritten('no-break spaces for indentation', (text) => text.replaceAll('\n  ', '\n\u00a0\u00a0')),
  rewritten('a next-line character after a comment', (text) => `# a\u0085${text}`),
  rewritten('a zero at its end', (text) => `${text}\0`),
  rewritten('a mark before the start of a document', (text) => `\uFEFF---\n${text}`),
  rewritten('no line end at its end', (text) => text.trimEnd()),
  ofUser('token with a line end', () => 'token: "abc\\n"'),
  ofUser('token with a tab', () => 'token: "a\\tb"'),
  {
    ...ofUser('token beside an empty token file', () => 'token: abc, tokenFile: token'),
    files: () => ({ token: '\n' }),
  },
  ofUser('token with blanks', () => 'token: " abc "'),
  ofUser('impersonation of a number', () => 'token: abc, as: 7'),
  { ...ofUser('token file with line ends', () => 'tokenFile: token'), files: () => ({ token: '\n from-file \r\n' }) },
  { ...ofUser('empty token file', () => 'tokenFile: token'), files: () => ({ token: '' }) },
  ofUser('token file that is a folder', () => 'tokenFile: .'),
  ofUser('token file in the home folder', () => 'tokenFile: "~/token"'),
  ofUser(
    'certificate after the text of OpenSSL',
    ({ tls, key }) =>
      `client-certificate-data: ${base64(`Certificate:\n    Data:\n        Version: 3 (0x2)\n${tls.client.cert}`)}, client-key-data: ${key}`,
  ),
  ofUser(
    'key after the parameters of its curve',
    ({ tls, certificate }) =>
      `client-certificate-data: ${certificate}, client-key-data: ${base64(`-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n${tls.client.key}`)}`,
  ),
  ofUser(
    'certificate with its authority',
    ({ tls, key }) => `client-certificate-data: ${base64(tls.client.cert + tls.ca)}, client-key-data: ${key}`,
  ),
  ofUser(
    'certificate and key in one text',
    ({ tls }) =>
      `client-certificate-data: ${base64(tls.client.cert + tls.client.key)}, client-key-data: ${base64(tls.client.cert + tls.client.key)}`,
  ),
  ofUser(
    'authority before the certificate',
    ({ tls, key }) => `client-certificate-data: ${base64(tls.ca + tls.client.cert)}, client-key-data: ${key}`,
  ),
  ofCluster(
    'authority in base64 for addresses',
    ({ server, authority }) =>
      `server: "${server}", certificate-authority-data: ${authority.replaceAll('+', '-').replaceAll('/', '_')}`,
  ),
  ofCluster(
    'authority with Windows line ends in base64',
    ({ server, authority }) =>
      `server: "${server}", certificate-authority-data: ${JSON.stringify(authority.replace(/.{64}/g, '$&\r\n'))}`,
  ),
  ofCluster('server with a dot at its end', (material) => usual(material).replace('.test:', '.test.:')),
  ofCluster('compression in quotes', (material) => `${usual(material)}, disable-compression: "true"`),
  ofCluster('name of the server that is a number', (material) => `${usual(material)}, tls-server-name: 7`),
  ofCluster('proxy without a host', (material) => `${usual(material)}, proxy-url: "http://"`),
  ofCluster('proxy of words', (material) => `${usual(material)}, proxy-url: "not a proxy"`),
  {
    name: 'files: two that share a user name',
    text: (material) => config(material, { user: 'token: first' }).replace('name: test', 'name: other'),
    others: (material) => [config(material, { user: 'token: second' })],
  },
  {
    name: 'files: two that share a cluster name',
    text: (material) =>
      config(material, { cluster: 'server: "https://elsewhere.cluster.test", insecure-skip-tls-verify: true' }).replace(
        'name: test',
        'name: other',
      ),
    others: (material) => [config(material, {})],
  },
  {
    name: 'files: two that share a context name',
    text: (material) => config(material, { context: 'cluster: c, user: u, namespace: first' }),
    others: (material) => [config(material, { context: 'cluster: c, user: u, namespace: second' })],
  },
  { name: 'files: a missing one', text: (material) => config(material, {}), others: () => ['missing'] },
  {
    name: 'files: one that is not YAML',
    text: (material) => config(material, {}),
    others: () => ['{{{'],
    difference: 'client-go refuses all files for one; Hangar names the file and uses the others',
  },
  {
    name: 'text: another user that cannot be read',
    text: (material) => config(material, {}).replace('contexts:\n', '- name: v\n  user: {token: 7}\ncontexts:\n'),
    difference: 'client-go refuses the whole file; in Hangar an entry costs only what names it',
  },
  {
    name: 'text: another cluster twice',
    text: (material) =>
      config(material, {}).replace('users:\n', '- name: d\n  cluster: {}\n- name: d\n  cluster: {}\nusers:\n'),
    difference: 'client-go refuses the whole file; in Hangar an entry costs only what names it',
  },

  ...scalars.flatMap((scalar) => [
    ofUser(`token ${JSON.stringify(scalar)}`, () => `token: ${scalar}`),
    ofCluster(
      `insecure ${JSON.stringify(scalar)}`,
      ({ server }) => `server: "${server}", insecure-skip-tls-verify: ${scalar}`,
    ),
  ]),
]
