import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { join } from 'node:path'
import { programPath } from '../bed/programs.ts'
import type { Authority } from './authority.ts'
import { startForwarder } from './forwarder.ts'
import { type ListenAddress, type PeerServer, startPeerServer } from './peer-server.ts'
import { freePort, type Programs } from './program.ts'

const readyLimitMs = 20_000

/** A certificate authority for public names, directory at `/dir`: the program "pebble", or a small server that only shows its directory. */
export type AcmeAuthority = PeerServer & { readonly kind: 'pebble' | 'small' }

const startPebble = async (
  listenAddress: ListenAddress,
  authority: Authority,
  folder: string,
  programs: Programs,
): Promise<PeerServer> => {
  await mkdir(folder, { recursive: true })
  const { certificate, key } = authority.issue({ names: [listenAddress.host], addresses: [listenAddress.address] })
  const files = { certificate: join(folder, 'tls.crt'), privateKey: join(folder, 'tls.key') }
  await writeFile(files.certificate, certificate)
  await writeFile(files.privateKey, key, { mode: 0o600 })
  const port = await freePort()
  const configuration = {
    pebble: {
      listenAddress: `127.0.0.1:${port}`,
      managementListenAddress: '',
      ...files,
      httpPort: 5002,
      tlsPort: 5001,
    },
  }
  const file = join(folder, 'pebble.json')
  await writeFile(file, JSON.stringify(configuration))
  // Any name is valid at once: the demo shows the protocol, not the validation of names.
  const environment = {
    ...process.env,
    PEBBLE_VA_ALWAYS_VALID: '1',
    PEBBLE_VA_NOSLEEP: '1',
    PEBBLE_WFE_NONCEREJECT: '0',
  }
  await programs.start(programPath('pebble'), ['-config', file], {
    ready: /Listening on:/,
    limitMs: readyLimitMs,
    environment,
  })
  return startForwarder(listenAddress, port, programs.signal)
}

const startSmall = (listenAddress: ListenAddress, authority: Authority, signal: AbortSignal): Promise<PeerServer> =>
  startPeerServer(
    listenAddress,
    () => {
      const { certificate: cert, key } = authority.issue({
        names: [listenAddress.host],
        addresses: [listenAddress.address],
      })
      return createServer({ cert, key }, (request, response) => {
        const base = `https://${request.headers.host ?? listenAddress.host}`
        const isDirectory = request.url === '/dir'
        response.writeHead(isDirectory ? 200 : 404, {
          'content-type': 'application/json',
          'replay-nonce': `nonce-${Date.now()}`,
        })
        response.end(
          JSON.stringify(
            isDirectory
              ? {
                  newNonce: `${base}/nonce`,
                  newAccount: `${base}/account`,
                  newOrder: `${base}/order`,
                  revokeCert: `${base}/revoke`,
                  keyChange: `${base}/key`,
                }
              : { type: 'urn:ietf:params:acme:error:malformed' },
          ),
        )
      })
    },
    signal,
  )

export const startAcme = async (
  listenAddress: ListenAddress,
  authority: Authority,
  folder: string,
  { real }: { readonly real: boolean },
  programs: Programs,
): Promise<AcmeAuthority> =>
  real
    ? Object.assign(await startPebble(listenAddress, authority, folder, programs), { kind: 'pebble' as const })
    : Object.assign(await startSmall(listenAddress, authority, programs.signal), { kind: 'small' as const })
