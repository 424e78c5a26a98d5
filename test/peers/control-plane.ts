import type { IncomingMessage } from 'node:http'
import { createServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { type WebSocket, WebSocketServer } from 'ws'
import { z } from 'zod'
import type { Authority } from './authority.ts'
import { type ListenAddress, type PeerServer, startPeerServer } from './peer-server.ts'

/** The state of a plane's agent, as the control plane has it. */
type ConnectedAgent = {
  readonly planeId: string
  readonly connectedAt: Date
  readonly heartbeats: number
  readonly lastHeartbeat?: Date
  /** The cluster's data in the agent's last heartbeat. */
  readonly kubernetes?: unknown
}

export type ControlPlane = PeerServer & {
  /** The agents that are connected now. */
  agents(): readonly ConnectedAgent[]
  /** Resolves with the plane's agent once it is connected and its `heartbeats`-th heartbeat has come. */
  seen(planeId: string, heartbeats: number, signal: AbortSignal): Promise<ConnectedAgent>
}

const Message = z.union([
  z.object({ type: z.literal('hello'), planeId: z.string() }),
  z.object({ type: z.literal('heartbeat'), sequence: z.int(), kubernetes: z.unknown().optional() }),
])
const longestMessage = 1_000_000

const refuse = (socket: Duplex, status: string, body: string): void => {
  socket.end(
    `HTTP/1.1 ${status}\r\nServer: mizzen\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** The response to a rejected caller, as an open-source gateway of this kind sends it. Undefined: accepted. */
const refusal = (request: IncomingMessage, query: URLSearchParams): readonly [string, string] | undefined => {
  if (!query.get('planeType') || !query.get('planeID'))
    return ['400 Bad Request', 'planeType and planeID are required\n']
  if (!(request.socket instanceof TLSSocket) || Object.keys(request.socket.getPeerCertificate()).length === 0)
    return ['401 Unauthorized', 'no client certificate presented\n']
  if (!request.socket.authorized) return ['401 Unauthorized', 'client certificate verification failed\n']
  return undefined
}

/** The control plane's WebSocket server, to which agents with a client certificate connect at `/ws`. */
export const startControlPlane = async (
  listenAddress: ListenAddress,
  authority: Authority,
  signal: AbortSignal,
): Promise<ControlPlane> => {
  const agents = new Map<WebSocket, ConnectedAgent>()
  const waiting = new Set<() => void>()
  const changed = () => {
    for (const runCheck of waiting) runCheck()
  }
  const serve = (socket: WebSocket, planeId: string): void => {
    agents.set(socket, { planeId, connectedAt: new Date(), heartbeats: 0 })
    socket.on('message', (data) => {
      const known = agents.get(socket)
      const message = Message.safeParse(JSON.parse(String(data)))
      if (!known || !message.success || message.data.type !== 'heartbeat') return
      const { sequence, kubernetes } = message.data
      agents.set(socket, { ...known, heartbeats: known.heartbeats + 1, lastHeartbeat: new Date(), kubernetes })
      socket.send(JSON.stringify({ type: 'heartbeat-ack', sequence }))
      changed()
    })
    socket.on('close', () => agents.delete(socket))
    socket.on('error', () => socket.terminate())
  }
  const create = () => {
    const { certificate: cert, key } = authority.issue({
      names: [listenAddress.host],
      addresses: [listenAddress.address],
    })
    const webSockets = new WebSocketServer({ noServer: true, maxPayload: longestMessage })
    const server = createServer({ cert, key, ca: authority.certificate, requestCert: true, rejectUnauthorized: false })
    server.on('request', (request, response) => {
      const isWebSocket = request.url?.startsWith('/ws')
      response.writeHead(isWebSocket ? 426 : 404, { server: 'mizzen', 'content-type': 'text/plain' })
      response.end(isWebSocket ? 'this is a WebSocket\n' : 'not found\n')
    })
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy())
      const { pathname, searchParams } = new URL(request.url ?? '/', 'wss://control-plane')
      if (pathname !== '/ws') return refuse(socket, '404 Not Found', 'not found\n')
      const why = refusal(request, searchParams)
      if (why) return refuse(socket, ...why)
      return webSockets.handleUpgrade(request, socket, head, (open) => serve(open, searchParams.get('planeID') ?? ''))
    })
    return server
  }
  const peer = await startPeerServer(listenAddress, create, signal)
  const seen = (planeId: string, heartbeats: number, limit: AbortSignal): Promise<ConnectedAgent> =>
    new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        waiting.delete(runCheck)
        act()
      }
      const runCheck = () => {
        const found = [...agents.values()].find((agent) => agent.planeId === planeId && agent.heartbeats >= heartbeats)
        if (found) settle(() => resolve(found))
      }
      waiting.add(runCheck)
      limit.addEventListener('abort', () => settle(() => reject(limit.reason)), { once: true })
      runCheck()
    })
  return Object.assign(peer, { agents: () => [...agents.values()], seen })
}
