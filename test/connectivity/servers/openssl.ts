import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPrograms, freePort } from '../../peers/program.ts'
import { onEnd } from './lifetime.ts'
import { authority, chainOf, name } from './serve.ts'

const issued = authority.issue({ names: [name], addresses: ['127.0.0.1'] })

/** OpenSSL's own server, with a good certificate and more of its options. `ca.crt` is the authority that endpoints trust. */
export async function serveOpenssl(...options: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-openssl-'))
  const stop = new AbortController()
  const programs = createPrograms(stop.signal)
  onEnd(async () => {
    await programs.end()
    await rm(folder, { recursive: true, force: true })
  })
  await writeFile(join(folder, 'tls.crt'), chainOf(issued))
  await writeFile(join(folder, 'tls.key'), issued.key, { mode: 0o600 })
  await writeFile(join(folder, 'ca.crt'), authority.certificate)
  const port = await freePort()
  const own = ['-accept', `127.0.0.1:${port}`, '-cert', 'tls.crt', '-cert_chain', 'tls.crt', '-key', 'tls.key', '-www']
  await programs.start('openssl', ['s_server', ...own, ...options], { ready: /ACCEPT/, limitMs: 10_000, folder })
  return port
}
