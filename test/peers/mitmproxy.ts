import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Authority } from './authority.ts'
import { freePort, type Programs } from './program.ts'

const program = '/usr/bin/mitmdump'

export const hasMitmproxy = (): boolean => existsSync(program)

export interface MitmproxyOptions {
  /** For its authority and settings; the caller removes it. */
  readonly folder: string
  /** The local port of the server behind it. */
  readonly upstreamPort: number
  /** The authority that it signs with. Default: one that it creates itself, named mitmproxy. */
  readonly authority?: Authority
  /** Whether it copies the names of the server's certificate into those it makes. Its default. */
  readonly copiesNames?: boolean
}

/** Starts a mitmproxy that terminates and re-signs TLS, as an inspecting proxy does. Returns its port of 127.0.0.1. */
export async function startMitmproxy(
  { folder, upstreamPort, authority, copiesNames = true }: MitmproxyOptions,
  programs: Programs,
): Promise<number> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (authority !== undefined) {
    const pem = `${authority.key}\n${authority.certificate}\n`
    await writeFile(join(folder, 'mitmproxy-ca.pem'), pem, { mode: 0o600 })
  }
  const port = await freePort()
  const set = (name: string, value: string | boolean): readonly string[] => ['--set', `${name}=${value}`]
  await programs.start(
    program,
    [
      ...['--mode', `reverse:https://127.0.0.1:${upstreamPort}`, '--listen-host', '127.0.0.1', '-p', String(port)],
      ...set('confdir', folder),
      ...set('ssl_insecure', true),
      ...set('upstream_cert', copiesNames),
      ...set('keep_host_header', true),
    ],
    {
      ready: /listening at|Proxy server listening/i,
      limitMs: 30_000,
      environment: { ...process.env, HOME: folder, PYTHONUNBUFFERED: '1' },
    },
  )
  return port
}
