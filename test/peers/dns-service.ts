import { createServer } from 'node:https'
import type { Authority } from './authority.ts'
import { type ListenAddress, type PeerServer, startPeerServer } from './peer-server.ts'

const tenant = '00000000-0000-0000-0000-00000000d0d0'

/** The management API of a DNS service. It answers as Azure Resource Manager does without a token, and accepts none. */
export const startDnsService = (
  listenAddress: ListenAddress,
  authority: Authority,
  signal: AbortSignal,
): Promise<PeerServer> =>
  startPeerServer(
    listenAddress,
    () => {
      const { certificate: cert, key } = authority.issue({
        names: [listenAddress.host],
        addresses: [listenAddress.address],
      })
      return createServer({ cert, key }, (request, response) => {
        const issuer = `https://${request.headers.host ?? listenAddress.host}/${tenant}`
        const challenge = `Bearer authorization_uri="${issuer}", error="invalid_token", error_description="The authentication failed because of missing 'Authorization' header."`
        const isConfiguration = request.url?.endsWith('/.well-known/openid-configuration')
        response.writeHead(isConfiguration ? 200 : 401, {
          'content-type': 'application/json; charset=utf-8',
          'x-ms-failure-cause': 'gateway',
          ...(isConfiguration ? {} : { 'www-authenticate': challenge }),
        })
        const message = "Authentication failed. The 'Authorization' header is missing."
        response.end(
          JSON.stringify(
            isConfiguration
              ? { issuer, token_endpoint: `${issuer}/oauth2/token` }
              : { error: { code: 'AuthenticationFailed', message } },
          ),
        )
      })
    },
    signal,
  )
