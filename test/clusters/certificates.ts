import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface KeyPair {
  readonly cert: string
  readonly key: string
}

/** An authority, a pair for a server (localhost, 127.0.0.1 and `api.cluster.test`) and one for a client; by openssl, valid for a day. */
export async function makeCertificates(): Promise<{
  readonly ca: string
  readonly server: KeyPair
  readonly client: KeyPair
}> {
  const folder = await mkdtemp(join(tmpdir(), 'hangar-certificates-'))
  const at = (name: string) => join(folder, name)
  try {
    for (const name of ['ca', 'server', 'client']) await writeFile(at(`${name}.key`), newKey(), { mode: 0o600 })
    const ca = ['-subj', '/CN=hangar-test-ca', '-addext', 'basicConstraints=critical,CA:TRUE']
    await run('openssl', ['req', '-x509', '-new', '-days', '1', '-key', at('ca.key'), ...ca, '-out', at('ca.crt')])
    await sign(at, 'server', 'subjectAltName=DNS:localhost,DNS:api.cluster.test,IP:127.0.0.1')
    await sign(at, 'client', 'extendedKeyUsage=clientAuth')
    const read = (name: string) => readFile(at(name), 'utf8')
    const pair = async (name: string) => ({ cert: await read(`${name}.crt`), key: await read(`${name}.key`) })
    return { ca: await read('ca.crt'), server: await pair('server'), client: await pair('client') }
  } finally {
    await rm(folder, { recursive: true })
  }
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}

async function sign(at: (name: string) => string, name: string, extension: string): Promise<void> {
  await writeFile(at(`${name}.ext`), extension)
  await run('openssl', ['req', '-new', '-key', at(`${name}.key`), '-subj', `/CN=${name}`, '-out', at(`${name}.csr`)])
  const by = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-set_serial', name === 'server' ? '2' : '3']
  await run('openssl', [
    'x509',
    '-req',
    '-in',
    at(`${name}.csr`),
    ...by,
    '-days',
    '1',
    '-extfile',
    at(`${name}.ext`),
    '-out',
    at(`${name}.crt`),
  ])
}
