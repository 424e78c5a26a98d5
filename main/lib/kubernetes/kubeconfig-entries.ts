import { isAbsolute, resolve } from 'node:path'
import { z } from 'zod'

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

/** Every scalar arrives as text, as the parser leaves it: an unquoted null is one of these. */
const isAbsent = (value: unknown): boolean => value === null || value === 'null' || value === '~' || value === ''

const optional = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (isAbsent(value) ? undefined : value), schema.optional())

const string = z.string('is not text')
const text = optional(string)
const textOrEmpty = text.transform((value) => value ?? '')
const texts = optional(z.array(string, 'is not a list')).transform((value) => value ?? [])
const mapping = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape, 'is not a mapping')

const flag = optional(
  string
    .transform((value) => value.toLowerCase())
    .refine((value) => value === 'true' || value === 'false', 'is neither true nor false'),
).transform((value) => value === 'true')

/** PEM text out of base64. Wider than Go, which ignores line ends only: a folded text has blanks for them. */
const base64 = optional(
  string
    .transform((value) => value.replace(/\s/g, ''))
    .refine((value) => value.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(value), 'is not base64')
    .transform((value) => Buffer.from(value, 'base64').toString('utf8')),
)

const address = (protocols: RegExp, fault: string) =>
  string.refine((value) => protocols.test(URL.parse(value)?.protocol ?? ''), fault)

const Cluster = mapping({
  server: z.preprocess(
    (value) => (isAbsent(value) ? undefined : value),
    z
      .string({ error: ({ input }) => (input === undefined ? 'is missing' : 'is not text') })
      .pipe(address(/^https?:$/, 'is not an http or https address')),
  ),
  'proxy-url': optional(address(/^(https?|socks5h?):$/, 'is not an http, https or socks5 address')),
  'certificate-authority-data': base64,
  'certificate-authority': text,
  'insecure-skip-tls-verify': flag,
  'tls-server-name': text,
  'disable-compression': flag,
})

const Exec = mapping({
  command: z.preprocess(
    (value) => (isAbsent(value) ? undefined : value),
    z.string({ error: ({ input }) => (input === undefined ? 'is missing' : 'is not text') }),
  ),
  apiVersion: textOrEmpty.refine(
    (value) => /^client\.authentication\.k8s\.io\/v1(beta1|alpha1)?$/.test(value),
    'is not a client.authentication.k8s.io version',
  ),
  args: texts,
  env: optional(z.array(mapping({ name: textOrEmpty, value: textOrEmpty }), 'is not a list')).transform(
    (value) => value ?? [],
  ),
  installHint: text,
  provideClusterInfo: flag,
  interactiveMode: text,
})

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
  'auth-provider': optional(
    mapping({
      name: textOrEmpty,
      config: optional(z.record(z.string(), textOrEmpty, 'is not a mapping')).transform((value) => value ?? {}),
    }),
  ),
  as: text,
  'as-uid': text,
  'as-groups': texts,
  'as-user-extra': optional(z.record(z.string(), texts, 'is not a mapping')).transform((value) => value ?? {}),
})

const Context = mapping({ cluster: textOrEmpty, user: textOrEmpty, namespace: text })

/** An absent entry is an empty mapping, as it is for kubectl. Throws MalformedEntry for the first field of the wrong form. */
function parse<Schema extends z.ZodType>(schema: Schema, name: string, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value === undefined || isAbsent(value) ? {} : value)
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
  if (username !== undefined && (token !== undefined || tokenFile !== undefined))
    throw new MalformedEntry('"user" has both a token and a user name; kubectl accepts only one of them.')
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
