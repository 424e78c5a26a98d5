import { generateKeyPairSync } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../scripts/run.ts'
import { BedProblem } from './bed-problem.ts'

/** PEM. */
export type KeyPair = { readonly certificate: string; readonly key: string }
export type Certificates = {
  readonly ca: string
  readonly apiserver: KeyPair
  readonly admin: KeyPair
  readonly kubelet: KeyPair
}

const lifeDays = '30'

const openssl = async (args: readonly string[], signal: AbortSignal): Promise<void> => {
  const { code, stderr } = await run('openssl', args, { signal })
  if (code !== 0) throw new BedProblem(`openssl ${args[0]} failed.`, stderr.slice(-500))
}

/** A name and extensions in openssl's own form, so that no configuration file of this machine adds to them. */
const request = (organisation: string, name: string, extensions: string): string =>
  `[req]\nprompt = no\ndistinguished_name = name\n[name]\n${organisation ? `O = ${organisation}\n` : ''}CN = ${name}\n[ext]\n${extensions}\n`

/**
 * A new authority with certificates for the API server, the administrator and the kubelet, and the key pair that signs
 * service account tokens (`sa.key`, `sa.pub`), in a folder that only its owner can read.
 */
export const makeCertificates = async (
  folder: string,
  serverNames: readonly string[],
  node: { readonly name: string; readonly address: string },
  signal: AbortSignal,
): Promise<Certificates> => {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const at = (file: string) => join(folder, file)
  const writeKey = async (name: string): Promise<void> => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    await writeFile(at(`${name}.key`), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
    await writeFile(at(`${name}.pub`), publicKey.export({ type: 'spki', format: 'pem' }))
  }
  await Promise.all(['ca', 'sa', 'apiserver', 'admin', 'kubelet'].map(writeKey))

  const caExtensions =
    'basicConstraints = critical, CA:TRUE\nkeyUsage = critical, keyCertSign, cRLSign\nsubjectKeyIdentifier = hash'
  await writeFile(at('ca.cnf'), request('', 'hangar-bed', caExtensions))
  const self = ['req', '-x509', '-new', '-key', at('ca.key'), '-config', at('ca.cnf'), '-extensions', 'ext']
  await openssl([...self, '-days', lifeDays, '-out', at('ca.crt')], signal)

  const sign = async (name: string, organisation: string, commonName: string, names: string): Promise<KeyPair> => {
    const usage = 'keyUsage = critical, digitalSignature\nextendedKeyUsage = serverAuth, clientAuth'
    await writeFile(at(`${name}.cnf`), request(organisation, commonName, `${usage}\nsubjectAltName = ${names}`))
    const config = at(`${name}.cnf`)
    await openssl(['req', '-new', '-key', at(`${name}.key`), '-config', config, '-out', at(`${name}.csr`)], signal)
    // Random serial numbers: certificates are signed in parallel, so there is no counter file.
    const serial = `0x${Buffer.from(`${name}-${Date.now()}`).toString('hex').slice(0, 36)}`
    const by = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-set_serial', serial]
    const how = ['-extfile', config, '-extensions', 'ext', '-days', lifeDays]
    await openssl(['x509', '-req', '-in', at(`${name}.csr`), ...by, ...how, '-out', at(`${name}.crt`)], signal)
    await chmod(at(`${name}.crt`), 0o644)
    return { certificate: await readFile(at(`${name}.crt`), 'utf8'), key: await readFile(at(`${name}.key`), 'utf8') }
  }
  const alternative = (name: string) => (/^[\d.]+$/.test(name) ? `IP:${name}` : `DNS:${name}`)
  const [apiserver, admin, kubelet] = await Promise.all([
    sign('apiserver', '', 'kube-apiserver', serverNames.map(alternative).join(',')),
    sign('admin', 'system:masters', 'admin', 'DNS:admin'),
    sign('kubelet', 'system:nodes', `system:node:${node.name}`, `DNS:${node.name},IP:${node.address}`),
  ])
  return { ca: await readFile(at('ca.crt'), 'utf8'), apiserver, admin, kubelet }
}
