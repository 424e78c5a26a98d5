import { isAbsolute, resolve } from 'node:path'

export interface ClusterEntry {
  readonly server: string
  /** File or PEM text of the authority; neither: the system's. */
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

/** How a user proves who it is. Text of keys and tokens is PEM or plain, already out of its base64. */
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
  readonly impersonate?: { readonly user: string; readonly uid?: string; readonly groups: readonly string[] }
}

/** A value of the wrong form. Its message names the field and never the value. */
export class MalformedEntry extends Error {}

/** Reads one mapping of a kubeconfig; every scalar is text, as the parser leaves it. */
export class Fields {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #path: string
  constructor(values: unknown, path: string) {
    if (values === undefined || isNull(values)) this.#values = {}
    else if (isRecord(values)) this.#values = values
    else throw new MalformedEntry(`"${path}" is not a mapping.`)
    this.#path = path
  }
  text(name: string): string | undefined {
    const value = this.#values[name]
    if (value === undefined || isNull(value)) return undefined
    if (typeof value !== 'string') throw new MalformedEntry(`"${this.#path}.${name}" is not text.`)
    return value
  }
  flag(name: string): boolean {
    const value = this.text(name)?.toLowerCase()
    if (value === undefined || value === '' || value === 'false') return false
    if (value === 'true') return true
    throw new MalformedEntry(`"${this.#path}.${name}" is neither true nor false.`)
  }
  /** PEM text out of base64. */
  base64(name: string): string | undefined {
    const value = this.text(name)
    if (value === undefined || value === '') return undefined
    // Wider than Go, which passes over line ends alone: a folded text has blanks for them.
    const packed = value.replace(/\s/g, '')
    if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(packed))
      throw new MalformedEntry(`"${this.#path}.${name}" is not base64.`)
    return Buffer.from(value, 'base64').toString('utf8')
  }
  file(name: string, folder: string): string | undefined {
    const value = this.text(name)
    if (value === undefined || value === '') return undefined
    return isAbsolute(value) ? value : resolve(folder, value)
  }
  texts(name: string): string[] {
    return this.#list(name).map((value, index) => {
      if (typeof value !== 'string') throw new MalformedEntry(`"${this.#path}.${name}[${index}]" is not text.`)
      return value
    })
  }
  items(name: string): Fields[] {
    return this.#list(name).map((value, index) => new Fields(value, `${this.#path}.${name}[${index}]`))
  }
  within(name: string): Fields | undefined {
    const value = this.#values[name]
    return value === undefined || isNull(value) ? undefined : new Fields(value, `${this.#path}.${name}`)
  }
  textMap(): Record<string, string> {
    return Object.fromEntries(Object.keys(this.#values).map((key) => [key, this.text(key) ?? '']))
  }
  #list(name: string): readonly unknown[] {
    const value = this.#values[name]
    if (value === undefined || isNull(value)) return []
    if (!Array.isArray(value)) throw new MalformedEntry(`"${this.#path}.${name}" is not a list.`)
    return value
  }
}

/** Scalars stay text while parsing, so that a name such as `1e3` keeps its form; an unquoted null is one of these. */
const isNull = (value: unknown): boolean => value === null || value === 'null' || value === '~' || value === ''
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function readCluster(body: Fields, folder: string): ClusterEntry {
  const server = body.text('server') ?? ''
  if (server === '') throw new MalformedEntry('"cluster.server" is missing.')
  if (!/^https?:$/.test(URL.parse(server)?.protocol ?? '')) {
    throw new MalformedEntry('"cluster.server" is not an http or https address.')
  }
  const proxyUrl = body.text('proxy-url')
  if (proxyUrl !== undefined && !/^(https?|socks5h?):$/.test(URL.parse(proxyUrl)?.protocol ?? '')) {
    throw new MalformedEntry('"cluster.proxy-url" is not an http, https or socks5 address.')
  }
  return {
    server,
    authority: body.base64('certificate-authority-data'),
    authorityFile: body.file('certificate-authority', folder),
    insecure: body.flag('insecure-skip-tls-verify'),
    serverName: body.text('tls-server-name'),
    proxyUrl,
    uncompressed: body.flag('disable-compression'),
  }
}

export function readUser(body: Fields, folder: string): UserEntry {
  const exec = body.within('exec')
  const provider = body.within('auth-provider')
  const impersonated = body.text('as')
  return {
    token: body.text('token'),
    tokenFile: body.file('tokenFile', folder),
    certificate: body.base64('client-certificate-data'),
    certificateFile: body.file('client-certificate', folder),
    key: body.base64('client-key-data'),
    keyFile: body.file('client-key', folder),
    username: body.text('username'),
    password: body.text('password'),
    exec: exec && readExecPlugin(exec, folder),
    provider: provider && {
      name: provider.text('name') ?? '',
      config: provider.within('config')?.textMap() ?? {},
    },
    impersonate:
      impersonated === undefined
        ? undefined
        : { user: impersonated, uid: body.text('as-uid'), groups: body.texts('as-groups') },
  }
}

function readExecPlugin(body: Fields, folder: string): ExecPlugin {
  const command = body.text('command') ?? ''
  if (command === '') throw new MalformedEntry('"user.exec.command" is missing.')
  const apiVersion = body.text('apiVersion') ?? ''
  if (!/^client\.authentication\.k8s\.io\/v1(beta1|alpha1)?$/.test(apiVersion)) {
    throw new MalformedEntry('"user.exec.apiVersion" is not a client.authentication.k8s.io version.')
  }
  const inFolder = /[\\/]/.test(command) && !isAbsolute(command)
  return {
    apiVersion,
    command: inFolder ? resolve(folder, command) : command,
    args: body.texts('args'),
    environment: body.items('env').map((item) => ({ name: item.text('name') ?? '', value: item.text('value') ?? '' })),
    installHint: body.text('installHint'),
    provideClusterInfo: body.flag('provideClusterInfo'),
    interactiveMode: body.text('interactiveMode'),
  }
}
