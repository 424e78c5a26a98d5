import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { EndpointList, type Protocol } from '../../preload/contract/profiles.ts'
import { checkEndpoints } from './connectivity.ts'

const protocols: readonly Protocol[] = ['https', 'wss', 'oci', 'vault', 'acme', 'git', 'arm', 'kubernetes', 'amqp-ws']

/** A user who saves a profile chooses host and path of a check: its results must not carry the answer (SSRF). */
it.each(protocols)(
  'a check by %s returns nothing of the body of an answer',
  async (protocol) => {
    for (const status of [200, 400, 403, 404, 426, 500]) {
      const server = createServer((_request, response) =>
        response.writeHead(status, { 'content-type': 'text/plain' }).end('secret-canary '.repeat(50)),
      ).listen(0, '127.0.0.1')
      onTestFinished(() => void server.close())
      await new Promise((resolve) => server.once('listening', resolve))
      const { port } = server.address() as AddressInfo // listens on TCP
      const list = EndpointList.parse({
        endpoints: [
          { id: 'a', component: 'a', host: '127.0.0.1', port, protocol, tls: false, path: '/latest/meta-data' },
        ],
      })
      const events: unknown[] = []
      for await (const event of checkEndpoints(list, { env: {} }, AbortSignal.timeout(10_000))) events.push(event)

      expect(JSON.stringify(events)).toContain('finished')
      expect(JSON.stringify(events)).not.toContain('canary')
      server.closeAllConnections()
    }
  },
  30_000,
)
