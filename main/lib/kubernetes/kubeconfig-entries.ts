import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'
import { typeName } from './kubeconfig-text.ts'

export interface ClusterEntry {
  readonly server: string
  /** File or PEM text of the certificate authority; neither: the system's. */
  readonly authorityFile?: string
  readonly authority?: string
  readonly insecure: boolean
  readonly serverName?: string
  readonly proxyUrl?: string
  readonly uncompressed: boolean
}

export interface ExecPlugin {
  readonly apiVersion: string
  readonly command: string
  readonly args: readonly string[]
  readonly environment: readonly { readonly name: string; readonly value: string }[]
  readonly installHint?: string
  readonly provideClusterInfo: boolean
  readonly interactiveMode?: string
}

/** How a user authenticates. Keys and certificates are PEM text, decoded from base64. */
export interface UserEntry {
  readonly token?: string
  readonly tokenFile?: string
  readonly certificate?: string
  readonly certificateFile?: string
  readonly key?: string
  readonly keyFile?: string
  readonly username?: string
  readonly password?: string
  readonly exec?: ExecPlugin
  readonly provider?: { readonly name: string; readonly config: Readonly<Record<string, string>> }
  readonly impersonate?: Impersonation
}

interface Impersonation {
  readonly user: string
  readonly uid?: string
  readonly groups: readonly string[]
  /** Further attributes, each with its values. */
  readonly extra: Readonly<Record<string, readonly string[]>>
}

/** A value of the wrong form. Its message names the field and never the value. */
export class MalformedEntry extends Error {}

const quotes = 'Put it in quotes'
const notText = (input: unknown): string =>
  typeof input === 'number' || typeof input === 'boolean' ? `is ${typeName(input)}, not text. ${quotes}` : 'is not text'

const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === null ? undefined : value), schema.optional())

const string = z.string({ error: ({ input }) => (input === undefined ? 'is missing' : notText(input)) })
/** An empty text counts as none. */
const text = z.preprocess((value) => (value === null || value === '' ? undefined : value), string.optional())
const required = z.preprocess((value) => (value === null || value === '' ? undefined : value), string)
const textOrEmpty = text.transform((value) => value ?? '')
const list = <Schema extends z.ZodType>(item: Schema) =>
  optional(z.array(item, 'is not a list')).transform((value) => value ?? [])
const texts = list(textOrEmpty)
const record = <Schema extends z.ZodType>(value: Schema) =>
  optional(z.record(z.string(), value, 'is not a mapping')).transform((given) => given ?? {})
const mapping = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape, 'is not a mapping')
const flag = optional(z.boolean('is neither true nor false, without quotes')).transform((value) => value === true)

const base64End = /[A-Za-z0-9+/]{2}(==|[A-Za-z0-9+/]=|[A-Za-z0-9+/]{2})$/

/** PEM text out of base64. As in Go, line ends count for nothing, and blanks are not part of it. */
const base64 = text.transform((value, context) => {
  if (value === undefined) return undefined
  const packed = /[\r\n]/.test(value) ? value.replace(/[\r\n]/g, '') : value
  const bytes = Buffer.from(packed, 'base64')
  // Node passes over what is not base64. The bits that padding leaves over need not be zero.
  if (
    packed.length % 4 !== 0 ||
    bytes.toString('base64').slice(0, -3) !== packed.slice(0, -3) ||
    !base64End.test(packed)
  ) {
    const hasBlanks = /[ \t]/.test(packed)
    context.addIssue(hasBlanks ? 'is not base64: it has blanks. Put it on one line' : 'is not base64')
    return z.NEVER
  }
  return bytes.toString('utf8')
})

/**
 * As client-go completes it: without a scheme it is plain HTTP, and then without a path.
 * https://github.com/kubernetes/client-go/blob/v0.37.1/rest/url_utils.go
 */
const server = required.transform((value, context) => {
  const isComplete = /^https?:\/\/[^/?#\\\s]/i.test(value)
  const isHostPort = /^[\w.-]+(:\d+)?\/?$|^\[[\da-f:.]+\](:\d+)?\/?$/i.test(value)
  const url = isComplete ? value : `http://${value}`
  // To Go a backslash is part of the path, to the URL of JavaScript a slash.
  if ((isComplete || isHostPort) && !hasBlank(url) && isGoUrl(url)) return url.replaceAll('\\', '%5C')
  context.addIssue('is not an http or https address')
  return z.NEVER
})

/** What Go refuses in an address, and the URL of JavaScript removes or encodes. */
const hasBlank = (url: string): boolean => /^ | $|[\0-\x1f\x7f]|^[^/]*\/\/[^/?#]* /.test(url)

/** `scheme://login@host/path`, cut as Go does. */
const parts = /^[^:/]+:\/\/(?:([^/?#]*)@)?([^/?#]*)([^?#]*)/

/**
 * Whether Go and the URL of JavaScript read the same address. A host such as `0x7f.1` is an address to the one and a name to
 * the other: https://cs.opensource.google/go/go/+/master:src/net/url/url.go
 */
function isGoUrl(value: string): boolean {
  const [, login = '', host = '', path = ''] = parts.exec(value) ?? []
  const url = URL.parse(value)
  const isNumeric = /^\d+(\.\d+){3}$/.test(url?.hostname ?? '')
  const isSameAddress = !isNumeric || url?.hostname === host.replace(/:\d*$/, '')
  const isLogin = /^([\w\-.~!$&'()*+,;=:@]|%[\da-f]{2})*$/i.test(login)
  return url !== null && isSameAddress && isLogin && !/[%\\]/.test(host) && !/%(?![\da-f]{2})/i.test(path)
}

const isProxy = (value: string): boolean =>
  /^(https?|socks5):$/.test(URL.parse(value)?.protocol ?? '') && !hasBlank(value) && isGoUrl(value)

/** Only its host and login count. */
const proxyUrl = text.transform((value, context) => {
  if (value === undefined) return undefined
  if (isProxy(value)) return /^[^/]*\/\/[^/?#]*/.exec(value)?.[0]
  context.addIssue('is not an http, https or socks5 address')
  return z.NEVER
})

const extensions = list(mapping({ name: textOrEmpty }))

const Cluster = mapping({
  server,
  'proxy-url': proxyUrl,
  'certificate-authority-data': base64,
  'certificate-authority': text,
  'insecure-skip-tls-verify': flag,
  'tls-server-name': text,
  'disable-compression': flag,
  extensions,
})

const Exec = mapping({
  command: required,
  apiVersion: required,
  args: texts,
  env: list(mapping({ name: required, value: textOrEmpty })),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: text.refine(
    (value) => value === undefined || /^(Never|IfAvailable|Always)$/.test(value),
    'is not "Never", "IfAvailable" or "Always"',
  ),
}).refine(
  // client-go completes it for the versions before v1.
  ({ apiVersion, interactiveMode }) => interactiveMode !== undefined || /\/v1(alpha|beta)1$/.test(apiVersion),
  { path: ['interactiveMode'], error: 'is missing: version v1 requires it' },
)

const User = mapping({
  token: text,
  tokenFile: text,
  'client-certificate-data': base64,
  'client-certificate': text,
  'client-key-data': base64,
  'client-key': text,
  username: text,
  password: text,
  exec: optional(Exec),
  'auth-provider': optional(mapping({ name: textOrEmpty, config: record(textOrEmpty) })),
  as: text,
  'as-uid': text,
  'as-groups': texts,
  'as-user-extra': record(texts),
  extensions,
})

const Context = mapping({ cluster: textOrEmpty, user: textOrEmpty, namespace: text, extensions })

/** An absent entry is an empty mapping, as it is for kubectl. Throws MalformedEntry for the first field of the wrong form. */
function parse<Schema extends z.ZodType>(schema: Schema, name: string, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value ?? {})
  if (result.success) return result.data
  const [issue] = result.error.issues
  const path = (issue?.path ?? []).map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('')
  throw new MalformedEntry(`"${name}${path}" ${issue?.message ?? 'cannot be read'}.`)
}

const inFolder = (file: string | undefined, folder: string): string | undefined =>
  file === undefined || isAbsolute(file) ? file : resolve(folder, file)

/** The cluster and user that a context names, and its namespace. Throws MalformedEntry. */
export const readContext = (value: unknown): z.output<typeof Context> => parse(Context, 'context', value)

/** `folder`: of the kubeconfig, to which relative paths are relative. Throws MalformedEntry. */
export function readCluster(value: unknown, folder: string): ClusterEntry {
  const cluster = parse(Cluster, 'cluster', value)
  return {
    server: cluster.server,
    authority: cluster['certificate-authority-data'],
    authorityFile: inFolder(cluster['certificate-authority'], folder),
    insecure: cluster['insecure-skip-tls-verify'],
    serverName: cluster['tls-server-name'],
    proxyUrl: cluster['proxy-url'],
    uncompressed: cluster['disable-compression'],
  }
}

/** `folder`: of the kubeconfig, to which relative paths are relative. Throws MalformedEntry. */
export function readUser(value: unknown, folder: string): UserEntry {
  const { token, tokenFile, username, password, exec, ...user } = parse(User, 'user', value)
  return {
    token,
    tokenFile: inFolder(tokenFile, folder),
    certificate: user['client-certificate-data'],
    certificateFile: inFolder(user['client-certificate'], folder),
    key: user['client-key-data'],
    keyFile: inFolder(user['client-key'], folder),
    username,
    password,
    exec: exec && toExecPlugin(exec, folder),
    provider: user['auth-provider'],
    impersonate: toImpersonation(user),
  }
}

function toImpersonation(
  user: Pick<z.output<typeof User>, 'as' | 'as-uid' | 'as-groups' | 'as-user-extra'>,
): Impersonation | undefined {
  const { as: name, 'as-uid': uid, 'as-groups': groups, 'as-user-extra': extra } = user
  if (name !== undefined) return { user: name, uid, groups, extra }
  // Without them, the request would be made with more permissions than the kubeconfig intends.
  if (uid !== undefined || groups.length > 0 || Object.keys(extra).length > 0)
    throw new MalformedEntry('"user" has attributes to impersonate, but no user: "user.as" is missing.')
  return undefined
}

function toExecPlugin({ command, env, ...plugin }: z.output<typeof Exec>, folder: string): ExecPlugin {
  const isPath = /[\\/]/.test(command)
  return { ...plugin, command: isPath ? (inFolder(command, folder) ?? command) : command, environment: env }
}
