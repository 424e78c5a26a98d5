import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chown, mkdir, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { freePort, type Programs } from './program.ts'

const program = '/usr/sbin/squid'
const basicAuth = '/usr/lib/squid/basic_ncsa_auth'

export const hasSquid = (): boolean => existsSync(program) && existsSync(basicAuth)

export interface SquidOptions {
  /** For its configuration; the caller removes it. */
  readonly folder: string
  /** Its names: host to address. It uses no DNS server. */
  readonly names: Readonly<Record<string, string>>
  /** Permitted ports of CONNECT; absent: all. Squid's default is only 443. */
  readonly ports?: readonly number[]
  /** The permitted user, with Basic authentication; absent: everyone. */
  readonly user?: { readonly name: string; readonly password: string }
  /** Hosts that it refuses. */
  readonly denied?: readonly string[]
  /** The text of an included file, as an administrator would include it: Squid's ports, then only this. */
  readonly allowList?: string
}

/** The output of htpasswd. The password is passed on stdin. */
async function passwordLine({ name, password }: NonNullable<SquidOptions['user']>): Promise<string> {
  const child = spawn('openssl', ['passwd', '-apr1', '-stdin'], { stdio: ['pipe', 'pipe', 'ignore'] })
  child.stdin.end(`${password}\n`)
  return `${name}:${(await text(child.stdout)).trim()}\n`
}

const listenLimitMs = 5_000

async function untilListening(port: number): Promise<void> {
  for (const endsAt = performance.now() + listenLimitMs; ; ) {
    const socket = connect({ host: '127.0.0.1', port })
    const listening = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (listening) return
    if (performance.now() > endsAt) throw new Error('Squid does not listen')
    await setTimeout(20)
  }
}

/** Starts a Squid on a port of 127.0.0.1, separate from one of the system. Returns its URL. */
export async function startSquid(
  { folder, names, ports, user, denied = [], allowList }: SquidOptions,
  programs: Programs,
): Promise<string> {
  await mkdir(folder, { recursive: true })
  const port = await freePort()
  const file = (name: string): string => join(folder, name)
  await writeFile(
    file('hosts'),
    Object.entries(names)
      .map(([name, address]) => `${address} ${name}\n`)
      .join(''),
  )
  if (user !== undefined) await writeFile(file('users'), await passwordLine(user))
  const settings = [
    `http_port 127.0.0.1:${port}`,
    `hosts_file ${file('hosts')}`,
    // Nothing listens there, so an unknown name fails at once and is not looked up by the machine's resolver.
    'dns_nameservers 127.0.0.1',
    'dns_timeout 1 second',
    'connect_timeout 2 seconds',
    'cache deny all',
    'access_log none',
    'cache_log stdio:/dev/stderr',
    'cache_store_log none',
    'pid_filename none',
    `coredump_dir ${folder}`,
    'shutdown_lifetime 0 seconds',
    'visible_hostname squid.hangar.test',
    ...(process.getuid?.() === 0 ? ['cache_effective_user proxy'] : []),
    ...(denied.length === 0 ? [] : [`acl denied dstdomain ${denied.join(' ')}`, 'http_access deny denied']),
    ...(ports === undefined ? [] : [`acl allowed port ${ports.join(' ')}`, 'http_access deny CONNECT !allowed']),
    ...(user === undefined
      ? []
      : [
          `auth_param basic program ${basicAuth} ${file('users')}`,
          'auth_param basic realm corporate proxy',
          'acl known proxy_auth REQUIRED',
          'http_access deny !known',
        ]),
    ...(allowList === undefined
      ? ['http_access allow all']
      : [
          'acl SSL_ports port 443',
          'acl Safe_ports port 443',
          'acl CONNECT method CONNECT',
          'http_access deny !Safe_ports',
          'http_access deny CONNECT !SSL_ports',
          'acl hangar_clients src 127.0.0.1',
          `include ${file('allow-list.conf')}`,
          'http_access deny all',
        ]),
  ]
  if (allowList !== undefined) await writeFile(file('allow-list.conf'), allowList)
  await writeFile(file('squid.conf'), `${settings.join('\n')}\n`)
  // Squid drops root before it reads its files.
  if (process.getuid?.() === 0) await chown(folder, 13, 13)
  await programs.start(program, ['-N', '-f', file('squid.conf')], {
    ready: /Accepting HTTP Socket connections/,
    limitMs: 20_000,
    endsOn: 'TERM',
  })
  // It prints this a moment before it listens.
  await untilListening(port)
  return `http://127.0.0.1:${port}`
}
